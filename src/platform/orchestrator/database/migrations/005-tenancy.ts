import { sql, type Kysely, type Migration } from 'kysely';

import { separateTenants } from './tenant-table.ts';

/** What `optiinfra_app` may do, table by table; nothing more is granted. */
const GRANTS: Readonly<Record<string, string>> = {
  customers: 'SELECT, INSERT, UPDATE',
  users: 'SELECT, INSERT, UPDATE',
  sessions: 'SELECT, INSERT, UPDATE',
  refresh_tokens: 'SELECT, INSERT, UPDATE',
  api_keys: 'SELECT, INSERT, UPDATE',
  credentials: 'SELECT, INSERT, UPDATE',
  preferences: 'SELECT, INSERT, UPDATE',
  agent_tokens: 'SELECT, INSERT, UPDATE',
  runtime_tokens: 'SELECT, INSERT, UPDATE',
  idempotency_keys: 'SELECT, INSERT, UPDATE, DELETE',
  agents: 'SELECT, INSERT, UPDATE',
  heartbeats: 'SELECT, INSERT, DELETE',
  instances: 'SELECT, INSERT, UPDATE',
  deployments: 'SELECT, INSERT, UPDATE, DELETE',
  desired_states: 'SELECT, INSERT, UPDATE',
  telemetry_batches: 'SELECT, INSERT, UPDATE, DELETE',
  analyses: 'SELECT, INSERT, UPDATE',
  recommendations: 'SELECT, INSERT, UPDATE',
  quality_baselines: 'SELECT, INSERT',
  validations: 'SELECT, INSERT',
  approvals: 'SELECT, INSERT',
  optimizations: 'SELECT, INSERT, UPDATE',
  optimization_steps: 'SELECT, INSERT, UPDATE',
  resolutions: 'SELECT, INSERT, UPDATE',
  outcomes: 'SELECT, INSERT, UPDATE',
  tasks: 'SELECT, INSERT, UPDATE',
  chain_heads: 'SELECT, INSERT, UPDATE',
  audit_log: 'SELECT, INSERT',
  outbox: 'SELECT, INSERT, UPDATE',
};

/** Tables without a tenant: the agents serve every customer. */
const SHARED = new Set(['agents', 'heartbeats']);

/** Row-level security on every table with a tenant, and the least grants for the role of the services. */
export const tenancy: Migration = {
  up: async (database: Kysely<unknown>) => {
    await sql`GRANT USAGE ON SCHEMA public TO optiinfra_app`.execute(database);
    for (const [table, privileges] of Object.entries(GRANTS)) {
      if (SHARED.has(table)) {
        await sql`GRANT ${sql.raw(privileges)} ON ${sql.table(table)} TO optiinfra_app`.execute(database);
      } else {
        await separateTenants(database, table, privileges, table === 'customers' ? 'id' : 'customer_id');
      }
    }
  },
};
