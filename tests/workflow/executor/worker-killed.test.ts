import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { ROLLOUT } from '../../../src/platform/executor/contract.ts';
import { loadWorkflowBundle } from '../../../src/support/workflow-bundle.ts';
import { waitFor } from '../../../src/support/waiting.ts';
import { startTestServer, wallClock, type TestServer } from '../support/temporal-server.ts';

let server: TestServer;
let directory: string;
let workers: ChildProcess[];

beforeEach(async () => {
  server = await startTestServer();
  directory = await mkdtemp(join(tmpdir(), 'rollout-'));
  workers = [];
});
afterEach(async () => {
  for (const worker of workers) await kill(worker);
  await server[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

async function kill(worker: ChildProcess): Promise<void> {
  if (worker.exitCode !== null || worker.signalCode !== null) return;
  const ended = once(worker, 'exit');
  worker.kill('SIGKILL');
  await ended;
}

test('a worker killed in the middle of a step is followed by another, and no finished action runs twice', async () => {
  const entry = join(process.cwd(), 'src/platform/executor/workflows/index.ts');
  const { codePath } = await loadWorkflowBundle({ entry, cacheDir: join(process.cwd(), '.cache/bundles') });
  const notes = join(directory, 'notes');
  const ready = join(directory, 'ready');
  const start = (): ChildProcess => {
    const path = join(import.meta.dirname, 'worker-process.ts');
    const worker = fork(path, [server.address, codePath, notes, ready], { stdio: 'ignore' });
    workers.push(worker);
    return worker;
  };
  const lines = async (): Promise<string[]> =>
    existsSync(notes) ? (await readFile(notes, 'utf8')).trim().split('\n') : [];
  const waits = async (times: number): Promise<void> =>
    waitFor(
      async () => {
        const observed = await lines();
        const done = observed.filter((line) => line === 'waiting').length >= times;
        return done ? { done, value: undefined } : { done, observed };
      },
      { condition: 'the wait for ready nodes', deadlineMs: 30_000, intervalMs: 50, clock: wallClock },
    );

  const first = start();
  const handle = await server.client.workflow.start(ROLLOUT, {
    taskQueue: 'killed',
    workflowId: 'optimization-opt_1',
    args: [{ optimizationId: 'opt_1' }],
  });
  await waits(1);
  await kill(first);
  start();
  await waits(2);
  await writeFile(ready, '');
  await handle.result();

  const all = await lines();
  expect(all.filter((line) => line.startsWith('launch'))).toHaveLength(1);
  expect(all.filter((line) => line.startsWith('traffic'))).toEqual([
    'traffic canary',
    'traffic half',
    'traffic target',
  ]);
  expect(all.at(-1)).toBe('status completed (all steps completed)');
});
