import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { once } from 'node:events';

import { pythonPaths } from '../../../src/environment/python.ts';
import { anchorNow, createClock } from '../../../src/support/clock.ts';
import { waitFor } from '../../../src/support/waiting.ts';
import { createAws } from '../../../src/world/clouds/aws.ts';

export interface Moto extends AsyncDisposable {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** The AWS simulator as the environment runs it, on a port the system chose. */
export async function startMoto(): Promise<Moto> {
  const port = await freePort();
  const { motoServer } = pythonPaths(process.cwd());
  const child = spawn(motoServer, ['-H', '127.0.0.1', '-p', String(port)], {
    stdio: 'ignore',
    env: { ...process.env, MOTO_EC2_LOAD_DEFAULT_AMIS: 'false' },
  });
  const exited = once(child, 'exit');
  const endpoint = `http://127.0.0.1:${port}`;
  const aws = createAws({ endpoint });
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
  };
  try {
    await waitFor(
      () =>
        aws.probe().then(
          () => ({ done: true, value: undefined }) as const,
          (error: unknown) => ({ done: false, observed: error }) as const,
        ),
      {
        condition: `the AWS simulator at ${endpoint}`,
        deadlineMs: 60_000,
        intervalMs: 100,
        clock: createClock(anchorNow(1)),
      },
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return { endpoint, stop, [Symbol.asyncDispose]: stop };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
