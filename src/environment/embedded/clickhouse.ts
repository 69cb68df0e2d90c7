import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import type { ProcessContext, ProcessDefinition } from '../definition.ts';
import { pythonPaths } from '../python.ts';
import { dataDirectory } from '../state/paths.ts';
import { expectSuccess } from './http-probe.ts';
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
  loadClient: async () => undefined,
  probe: writeAndReadRow,
};

async function writeAndReadRow(context: ProcessContext, signal: AbortSignal): Promise<string> {
  const token = randomUUID();
  const run = (query: string): Promise<string> =>
    expectSuccess(`${context.descriptor.urls.clickhouse}/?param_token=${token}`, signal, {
      method: 'POST',
      body: query,
    });
  await run('CREATE TABLE IF NOT EXISTS default.readiness (token String) ENGINE = MergeTree ORDER BY token');
  await run(`INSERT INTO default.readiness FORMAT JSONEachRow\n${JSON.stringify({ token })}\n`);
  const answer = await run(
    'SELECT version() AS version FROM default.readiness WHERE token = {token:String} FORMAT JSONEachRow',
  );
  await run('TRUNCATE TABLE default.readiness');
  if (answer.trim() === '') throw new Error('ClickHouse lost a row');
  const { version } = JSON.parse(answer) as { version: string };
  return `ClickHouse ${version}, row written and read`;
}
