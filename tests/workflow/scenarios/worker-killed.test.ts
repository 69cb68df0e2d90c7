import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { Context } from '@temporalio/activity';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { waitFor } from '../../../src/support/waiting.ts';
import { wallClock, type TestServer } from '../support/temporal-server.ts';
import { executionEnd, goodActivities, observed } from './fake-harness.ts';
import { createWorker, startHarnessServer, startOn, type Run } from './scenario-bench.ts';

let server: TestServer;
let victim: ChildProcess;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  server = await startHarnessServer();
  victim = spawn(process.execPath, [join(import.meta.dirname, 'killable-worker.ts'), server.address], {
    stdio: 'ignore',
  });
});
afterAll(async () => {
  victim.kill('SIGKILL');
  await server[Symbol.asyncDispose]();
});

/** The identity of the worker that has sent a heartbeat for the long wait. */
async function untilBeating(run: Run): Promise<string> {
  return waitFor(
    async () => {
      const { raw } = await run.handle.describe();
      const pending = raw.pendingActivities?.find(
        ({ activityType, heartbeatDetails }) =>
          activityType?.name === 'monitorExecution' && Boolean(heartbeatDetails),
      );
      const identity = pending?.lastWorkerIdentity;
      return identity ? { done: true, value: identity } : { done: false, observed: raw.pendingActivities };
    },
    { condition: 'a heartbeat of the long wait', deadlineMs: 45_000, intervalMs: 100, clock: wallClock },
  );
}

test('a worker killed in a long wait: another takes the wait over, and the run passes', async () => {
  const run = await startOn(server);
  const identity = await untilBeating(run);
  expect(identity).toContain(String(victim.pid));
  const dead = once(victim, 'exit');
  victim.kill('SIGKILL');
  await dead;

  const attempts: number[] = [];
  const heard: unknown[] = [];
  const heir = await createWorker(
    server.address,
    goodActivities(run, {
      monitorExecution: async () => {
        const { info } = Context.current();
        attempts.push(info.attempt);
        heard.push(info.heartbeatDetails);
        return observed('monitorExecution', executionEnd);
      },
    }),
  );
  const state = await heir.runUntil(() => run.ended());
  expect(state).toMatchObject({ verdict: 'passed', cleanup: 'done' });
  expect(attempts).toEqual([2]);
  expect(heard).toEqual([
    { status: 'executing', steps: [{ name: 'create_spot_instances', status: 'completed' }] },
  ]);
  // What the dead worker had finished is not done again.
  expect(run.lines).toEqual([
    'monitorExecution',
    'measureQuality',
    'measureSavings',
    'prepareCustomer (Twin of Acme)',
    'verifyLearning',
    'collectEvidence',
    'cleanUp',
    'publishRun',
  ]);
}, 120_000);
