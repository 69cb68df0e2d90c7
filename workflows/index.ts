/** The workflow types of the harness, as the bundle exports them. */
export { spotMigration } from './spot-migration.ts';
