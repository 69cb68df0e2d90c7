import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import type { ProcessContext, ProcessDefinition } from '../definition.ts';
import { pythonPaths } from '../python.ts';
import { dataDirectory } from '../state/paths.ts';
import { baseVariables } from './variables.ts';

/** ClickHouse's engine behind our HTTP front. */
export const clickhouse: ProcessDefinition = {
  name: 'clickhouse',
  ports: ['clickhouse'],
  after: [],
  layer: 'engine',
  stopSignal: 'SIGTERM',
  deadlineMs: 60_000,
  prepare: async ({ root, descriptor }) => {
    pythonPaths(root);
    mkdirSync(dataDirectory(descriptor.directory, 'clickhouse'), { recursive: true, mode: 0o700 });
  },
  command: (context) => ({
    file: pythonPaths(context.root).python,
    arguments: [
      join(context.root, 'src', 'environment', 'fronts', 'clickhouse_front.py'),
      ...['--port', String(context.descriptor.ports.clickhouse)],
      ...['--data-dir', dataDirectory(context.descriptor.directory, 'clickhouse')],
    ],
    variables: { ...baseVariables(context), PYTHONUNBUFFERED: '1' },
    workingDirectory: context.root,
  }),
  loadClient,
  probe: writeAndReadRow,
};

async function loadClient() {
  return import('@clickhouse/client');
}

async function writeAndReadRow(context: ProcessContext, signal: AbortSignal): Promise<string> {
  const { createClient, ClickHouseLogLevel } = await loadClient();
  const client = createClient({
    url: context.descriptor.urls.clickhouse,
    request_timeout: 5_000,
    // It would print, beside throwing, what a start that is still going on makes of it.
    log: { level: ClickHouseLogLevel.OFF },
  });
  const token = randomUUID();
  try {
    await client.command({
      query: 'CREATE TABLE IF NOT EXISTS default.readiness (token String) ENGINE = MergeTree ORDER BY token',
      abort_signal: signal,
    });
    await client.insert({
      table: 'default.readiness',
      values: [{ token }],
      format: 'JSONEachRow',
      abort_signal: signal,
    });
    const result = await client.query({
      query: 'SELECT version() AS version FROM default.readiness WHERE token = {token:String}',
      query_params: { token },
      format: 'JSONEachRow',
      abort_signal: signal,
    });
    const [row] = await result.json<{ version: string }>();
    await client.command({ query: 'TRUNCATE TABLE default.readiness', abort_signal: signal });
    if (row === undefined) throw new Error('ClickHouse lost a row');
    return `ClickHouse ${row.version}, row written and read`;
  } finally {
    await client.close();
  }
}
