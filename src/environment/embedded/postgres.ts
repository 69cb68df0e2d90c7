import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import type { ProcessContext, ProcessDefinition } from '../definition.ts';
import { isUnreaped } from '../processes/identity.ts';
import { dataDirectory } from '../state/paths.ts';
import { postgresBinaries } from './postgres-binaries.ts';
import { createCluster } from './postgres-cluster.ts';
import { unprivilegedUser } from './unprivileged-user.ts';
import { baseVariables } from './variables.ts';

/** Small, and as durable as in production: `fsync` and `synchronous_commit` keep their defaults. */
const SERVER_SETTINGS = {
  listen_addresses: '127.0.0.1',
  // A socket file would be a second door, and its path may not be longer than 107 bytes.
  unix_socket_directories: '',
  shared_buffers: '32MB',
  max_connections: '100',
  password_encryption: 'scram-sha-256',
  io_method: 'sync',
  jit: 'off',
  max_worker_processes: '2',
  max_parallel_workers: '0',
  max_logical_replication_workers: '0',
  wal_level: 'minimal',
  max_wal_senders: '0',
  log_timezone: 'UTC',
  timezone: 'UTC',
} as const;

/** PostgreSQL 18 from the npm package. */
export const postgres: ProcessDefinition = {
  name: 'postgres',
  ports: ['postgres'],
  after: [],
  layer: 'engine',
  // "Fast shutdown": SIGTERM would wait for every client to leave.
  stopSignal: 'SIGINT',
  deadlineMs: 60_000,
  prepare: async ({ root, descriptor, secrets }) => {
    const cluster = dataDirectory(descriptor.directory, 'postgres');
    if (existsSync(cluster)) removeDeadLock(cluster);
    else await createCluster(root, cluster, secrets);
  },
  command: (context) => {
    const cluster = dataDirectory(context.descriptor.directory, 'postgres');
    const settings = Object.entries({ ...SERVER_SETTINGS, port: String(context.descriptor.ports.postgres) });
    return {
      file: postgresBinaries(context.root).postgres,
      arguments: ['-D', cluster, ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      variables: { ...baseVariables(context), LC_ALL: 'C' },
      workingDirectory: cluster,
      user: unprivilegedUser(),
    };
  },
  loadClient,
  probe: writeAndReadTable,
};

/**
 * PostgreSQL itself removes the lock of a server whose number is free. Where nobody reaps processes that number never is,
 * and it would refuse to start for ever: the lock of a server that ended, and is only not reaped, goes here.
 */
function removeDeadLock(cluster: string): void {
  const lock = join(cluster, 'postmaster.pid');
  if (!existsSync(lock)) return;
  const pid = Number(readFileSync(lock, 'utf8').split('\n')[0]);
  if (isUnreaped(pid)) rmSync(lock);
}

async function loadClient() {
  return import('pg');
}

async function writeAndReadTable(context: ProcessContext, _signal: AbortSignal): Promise<string> {
  const { descriptor, secrets } = context;
  const { default: pg } = await loadClient();
  const connect = (user: string, password: string) =>
    new pg.Client({
      host: descriptor.urls.postgresHost,
      port: descriptor.ports.postgres,
      database: 'optiinfra',
      user,
      password,
      connectionTimeoutMillis: 3_000,
      query_timeout: 5_000,
    });
  const owner = connect('optiinfra_owner', secrets.postgresOwnerPassword);
  const app = connect('optiinfra_app', secrets.postgresAppPassword);
  for (const client of [owner, app]) {
    // A connection cut between two calls fails the next one; unheard, the event would end this process.
    client.on('error', () => undefined);
  }
  try {
    await Promise.all([owner.connect(), app.connect()]);
    await app.query('SELECT 1');
    // Rolled back, so that the probe never shows in the schema.
    await owner.query('BEGIN');
    await owner.query('CREATE TABLE readiness (token integer)');
    await owner.query('INSERT INTO readiness VALUES (42)');
    const { rows } = await owner.query<{ token: number; version: string }>(
      "SELECT token, current_setting('server_version') AS version FROM readiness",
    );
    await owner.query('ROLLBACK');
    if (rows[0]?.token !== 42) throw new Error('PostgreSQL lost a row');
    return `PostgreSQL ${rows[0].version}, row written and read by owner, app role logged in`;
  } finally {
    await Promise.allSettled([owner.end(), app.end()]);
  }
}
