import { Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';

import { OptiInfraError } from '../../../support/errors.ts';
import type { Database, Trx } from '../services.ts';
import { isConnectionLoss, isDeadlock } from './failures.ts';
import type { Tables } from './tables.ts';

const POOL_SIZE = 12;
const CONNECT_TIMEOUT_MS = 2_000;
/** Two transactions that meet head-on: one is sent back and simply tries again. */
const DEADLOCK_ATTEMPTS = 3;

/** `bigint` columns hold sequences and generations, far below 2^53, so they are read as numbers. */
const BIGINT_OID = 20;
const columnTypes: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) =>
    (oid as number) === BIGINT_OID ? Number : (pg.types.getTypeParser(oid, format) as typeof Number),
};

export interface DatabaseOptions {
  /** URL of the role `optiinfra_app`. */
  readonly url: string;
  /** Told of connections lost while idle; the pool replaces them. */
  readonly onIdleError: (error: Error) => void;
}

/** The scope of a transaction, set locally so that the next user of the connection starts with none. */
interface Scope {
  readonly customerId: string;
  readonly scope: '' | 'system';
}

export function createDatabase(options: DatabaseOptions): Database {
  const pool = new pg.Pool({
    connectionString: options.url,
    max: POOL_SIZE,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    types: columnTypes,
  });
  pool.on('error', options.onIdleError);
  const kysely = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });

  const once = <T>(scope: Scope, work: (trx: Trx) => Promise<T>): Promise<T> =>
    kysely.transaction().execute(async (trx) => {
      await sql`SELECT set_config('optiinfra.customer_id', ${scope.customerId}, true),
        set_config('optiinfra.scope', ${scope.scope}, true)`.execute(trx);
      return work(trx);
    });

  const run = async <T>(scope: Scope, work: (trx: Trx) => Promise<T>): Promise<T> => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await once(scope, work);
      } catch (error) {
        if (isDeadlock(error) && attempt < DEADLOCK_ATTEMPTS) continue;
        if (!isConnectionLoss(error)) throw error;
        throw new OptiInfraError('DEPENDENCY_UNAVAILABLE', 'PostgreSQL does not answer.', { cause: error });
      }
    }
  };

  return {
    asCustomer: (customerId, work) => run({ customerId, scope: '' }, work),
    asSystem: (work) => run({ customerId: '', scope: 'system' }, work),
    close: () => kysely.destroy(),
  };
}
