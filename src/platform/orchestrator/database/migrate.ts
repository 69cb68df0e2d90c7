import { Kysely, Migrator, PostgresDialect } from 'kysely';
import pg from 'pg';

import { OptiInfraError } from '../../../support/errors.ts';
import { identityTables } from './migrations/001-identity.ts';
import { operationTables } from './migrations/002-operations.ts';
import { decisionTables } from './migrations/003-decisions.ts';
import { journalTables } from './migrations/004-journal.ts';
import { tenancy } from './migrations/005-tenancy.ts';
import { qualityTables } from './migrations/006-quality.ts';
import { conflictTables } from './migrations/007-conflicts.ts';

const MIGRATIONS = {
  '001-identity': identityTables,
  '002-operations': operationTables,
  '003-decisions': decisionTables,
  '004-journal': journalTables,
  '005-tenancy': tenancy,
  '006-quality': qualityTables,
  '007-conflicts': conflictTables,
};

/**
 * Brings the schema up to date as its owner; two processes that start together take turns by advisory lock.
 * @returns the names of the migrations applied now.
 */
export async function migrate(ownerUrl: string): Promise<readonly string[]> {
  const database = new Kysely<unknown>({
    dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: ownerUrl, max: 1 }) }),
  });
  try {
    const migrator = new Migrator({
      db: database,
      provider: { getMigrations: async () => MIGRATIONS },
    });
    const { error, results } = await migrator.migrateToLatest();
    if (error !== undefined) {
      const failed = results?.find(({ status }) => status === 'Error')?.migrationName ?? 'before the first';
      throw new OptiInfraError('DEPENDENCY_UNAVAILABLE', `the migration of PostgreSQL failed (${failed})`, {
        cause: error,
      });
    }
    return (results ?? []).map(({ migrationName }) => migrationName);
  } finally {
    await database.destroy();
  }
}
