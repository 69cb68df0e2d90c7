import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';

import { Client, Connection } from '@temporalio/client';

import { pythonPaths } from '../../../src/environment/python.ts';
import { createClock } from '../../../src/support/clock.ts';
import { waitFor } from '../../../src/support/waiting.ts';

export interface TestServer extends AsyncDisposable {
  readonly address: string;
  readonly client: Client;
}

export const wallClock = createClock({ wallMs: 0, worldMs: 0, timeScale: 1 });

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  probe.close();
  await once(probe, 'close');
  return port;
}

/** The server answers before it has made its namespaces and attributes; a worker or a start in between is refused. */
async function ready(address: string, namespace: string, wanted: readonly string[]): Promise<Connection> {
  const connection = await Connection.connect({ address });
  try {
    await connection.workflowService.describeNamespace({ namespace });
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    const missing = wanted.filter(
      (attribute) => customAttributes[attribute.split('=')[0] ?? ''] === undefined,
    );
    if (missing.length > 0) throw new Error(`no search attributes ${missing.join(', ')}`);
    return connection;
  } catch (error) {
    await connection.close();
    throw error;
  }
}

export interface TestServerOptions {
  /** Made besides `default`; the client talks to it. */
  readonly namespace?: string;
  /** Name and type, as `E2eSeed=Int`. */
  readonly searchAttributes?: readonly string[];
}

/** A real Temporal server in memory, with the settings of an environment that bear on speed. */
export async function startTestServer({
  namespace = 'default',
  searchAttributes = [],
}: TestServerOptions = {}): Promise<TestServer> {
  const port = await freePort();
  const address = `127.0.0.1:${String(port)}`;
  const dynamic = [
    'history.transferProcessorMaxPollRPS=2000',
    'history.timerProcessorMaxPollRPS=2000',
    'history.timerProcessorMaxTimeShift="5ms"',
  ].flatMap((value) => ['--dynamic-config-value', value]);
  const named = namespace === 'default' ? [] : ['--namespace', namespace];
  const attributes = searchAttributes.flatMap((attribute) => ['--search-attribute', attribute]);
  const place = ['--ip', '127.0.0.1', '--port', String(port), '--headless', ...named, ...attributes];
  const child = spawn(pythonPaths(process.cwd()).temporal, ['server', 'start-dev', ...place, ...dynamic], {
    stdio: 'ignore',
  });
  const connection = await waitFor(
    async () => {
      if (child.exitCode !== null) throw new Error(`temporal ended with ${String(child.exitCode)}`);
      return ready(address, namespace, searchAttributes).then(
        (value) => ({ done: true, value }) as const,
        (observed: unknown) => ({ done: false, observed }) as const,
      );
    },
    { condition: 'Temporal to answer', deadlineMs: 30_000, intervalMs: 100, clock: wallClock },
  );
  return {
    address,
    client: new Client({ connection, namespace }),
    [Symbol.asyncDispose]: async () => {
      await connection.close();
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}
