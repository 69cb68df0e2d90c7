import { randomUUID } from 'node:crypto';
import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import type { ProcessContext, ProcessDefinition } from '../definition.ts';
import { pythonPaths } from '../python.ts';
import { dataDirectory } from '../state/paths.ts';
import { baseVariables } from './variables.ts';

/** A Redis on the path, else the Valkey of the wheel: both speak the same protocol. */
export const redis: ProcessDefinition = {
  name: 'redis',
  ports: ['redis'],
  after: [],
  layer: 'engine',
  stopSignal: 'SIGTERM',
  deadlineMs: 60_000,
  prepare: async ({ root, descriptor }) => {
    redisProgram(root);
    mkdirSync(dataDirectory(descriptor.directory, 'redis'), { recursive: true, mode: 0o700 });
  },
  command: (context) => ({
    file: redisProgram(context.root),
    arguments: [
      ...['--port', String(context.descriptor.ports.redis)],
      ...['--bind', '127.0.0.1'],
      ...['--dir', dataDirectory(context.descriptor.directory, 'redis')],
      // A killed server comes back with its streams, leases and fencing counters; a snapshot adds nothing to that.
      ...['--appendonly', 'yes'],
      ...['--appendfsync', 'everysec'],
      ...['--save', ''],
      // A limit, so that a runaway stream is an error here and not a machine without memory.
      ...['--maxmemory', '256mb'],
      ...['--maxmemory-policy', 'noeviction'],
    ],
    variables: baseVariables(context),
    workingDirectory: context.root,
  }),
  loadClient,
  probe: writeAndReadKey,
};

export function redisProgram(root: string): string {
  return onPath('redis-server') ?? pythonPaths(root).valkeyServer;
}

function onPath(program: string): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((directory) => directory !== '')
    .map((directory) => join(directory, program))
    .find((path) => existsSync(path) && isExecutable(path));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EACCES') return false;
    throw error;
  }
}

async function loadClient() {
  return import('ioredis');
}

async function writeAndReadKey(context: ProcessContext, _signal: AbortSignal): Promise<string> {
  const { Redis } = await loadClient();
  const client = new Redis(context.descriptor.urls.redis, {
    lazyConnect: true,
    retryStrategy: () => null,
    connectTimeout: 5_000,
    commandTimeout: 5_000,
    maxRetriesPerRequest: 0,
  });
  // Failed calls reject below; without a listener the client prints the same error once more.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const token = randomUUID();
    await client.set(`readiness:${token}`, token, 'EX', 10);
    if ((await client.getdel(`readiness:${token}`)) !== token) throw new Error('Redis lost a key');
    const info = await client.info('server');
    const name = /server_name:(\S+)/.exec(info)?.[1] ?? 'redis';
    const version = new RegExp(`${name}_version:(\\S+)`).exec(info)?.[1] ?? 'of unknown version';
    return `${name} ${version}, key written and read`;
  } finally {
    client.disconnect();
  }
}
