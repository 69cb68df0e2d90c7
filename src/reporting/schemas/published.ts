import { z } from 'zod';

import { RUN_SCHEMA_ID, SUITE_SCHEMA_ID } from '../documents/ids.ts';
import { runDocumentSchema } from './run-schema.ts';
import { suiteDocumentSchema } from './suite-schema.ts';

/** The published JSON schemas by file name. They are open: a field that is added breaks no reader. */
export function publishedSchemas(): ReadonlyMap<string, string> {
  return new Map([
    ['run.schema.json', jsonSchema(RUN_SCHEMA_ID, runDocumentSchema)],
    ['suite.schema.json', jsonSchema(SUITE_SCHEMA_ID, suiteDocumentSchema)],
  ]);
}

function jsonSchema(id: string, schema: z.ZodType): string {
  const { $schema, ...rest } = z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input' });
  return `${JSON.stringify({ $schema, $id: id, ...rest }, null, 2)}\n`;
}
