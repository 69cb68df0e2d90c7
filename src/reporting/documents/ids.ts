/** Ids of the published schemas (docs/schemas/). The number grows when a reader of the old form would misread the new. */
export const RUN_SCHEMA_ID = 'urn:optiinfra-e2e:schema:run:1';
export const SUITE_SCHEMA_ID = 'urn:optiinfra-e2e:schema:suite:1';
