import { afterAll, beforeAll, expect, test } from 'vitest';

import { attachSuite, type AttachSuiteOptions } from '../../../src/cli/runs/attach-suite.ts';
import { cancelAndWait } from '../../../src/cli/runs/cancel-and-wait.ts';
import { followSuite, type SuiteReporter } from '../../../src/cli/runs/follow-suite.ts';
import { resolveInTemporal } from '../../../src/cli/runs/known-runs.ts';
import { startSuite } from '../../../src/cli/runs/start-suite.ts';
import { suiteRunIdOf, suiteWorkflowIdOf } from '../../../src/contracts/suites.ts';
import type { SuiteEvent } from '../../../src/reporting/suite-events.ts';
import { startHarnessServer, temporalOf } from '../scenarios/scenario-bench.ts';
import { wallClock, type TestServer } from '../support/temporal-server.ts';
import { named, openSuiteBench, suiteInput, type SuiteBench, type SuiteRun } from './suite-bench.ts';

let bench: SuiteBench;
beforeAll(async () => {
  bench = await openSuiteBench();
});
afterAll(() => bench[Symbol.asyncDispose]());

interface Watcher {
  readonly reporter: SuiteReporter;
  readonly events: SuiteEvent[];
  readonly warnings: string[];
}
function watcher(): Watcher {
  const events: SuiteEvent[] = [];
  const warnings: string[] = [];
  return {
    events,
    warnings,
    reporter: { report: (event) => void events.push(event), warn: (text) => void warnings.push(text) },
  };
}

function follow({ suiteId }: Pick<SuiteRun, 'suiteId'>, server: TestServer, signal?: AbortSignal) {
  const seen = watcher();
  const end = followSuite({
    temporal: temporalOf(server),
    suiteId,
    workflowId: suiteWorkflowIdOf(suiteId),
    reporter: seen.reporter,
    clock: wallClock,
    signal: signal ?? new AbortController().signal,
  });
  return { ...seen, end };
}

const TWO = named('spot-migration', 'rollback');

test('a suite is followed through its histories to its verdict', async () => {
  const run = await bench.start({ ...TWO, repeat: 2, triesPerHistory: 2 }, { rollback: ['failed'] });
  const { end, events } = follow(run, bench.server);
  expect((await end)?.verdict).toBe('failed');
  const types = events.map(({ type }) => type);
  expect(types[0]).toBe('suite-started');
  expect(types.at(-1)).toBe('suite-finished');
  expect(types.filter((type) => type === 'item-finished')).toHaveLength(4);
});

test('detached the suite goes on, and whoever comes back hears all of it', async () => {
  const run = await bench.start(TWO, { 'spot-migration': ['for-ever'] });
  await run.until('it to run', ({ begun }) => begun.length === 2);
  const leave = new AbortController();
  const first = follow(run, bench.server, leave.signal);
  leave.abort();
  expect(await first.end).toBeNull();
  expect((await run.handle.describe()).status.name).toBe('RUNNING');
  await run.handle.cancel();
  const second = follow(run, bench.server);
  expect((await second.end)?.verdict).toBe('cancelled');
  expect(second.events.filter(({ type }) => type === 'item-finished')).toHaveLength(2);
});

test('a suite that failed on purpose is still told, and a terminated one has no verdict', async () => {
  const red = await bench.start({ ...named('rollback'), failWhenNotPassed: true }, { rollback: ['failed'] });
  expect((await follow(red, bench.server).end)?.verdict).toBe('failed');
  const dead = await bench.start(named('rollback'), { rollback: ['for-ever'] });
  await dead.until('it to run', ({ begun }) => begun.length === 1);
  await dead.handle.terminate('by a test');
  await expect(follow(dead, bench.server).end).rejects.toMatchObject({
    message: expect.stringContaining('ended as TERMINATED without a verdict') as string,
  });
  // Its children were told to stop, and cleaned up.
  await dead.until('the clean-up of its child', ({ tidied }) => tidied.length === 1);
});

test('a suite that nobody works on is said within ten seconds', async () => {
  await using idle = await startHarnessServer();
  await startSuite(temporalOf(idle), 'nobody', suiteInput(named('rollback')));
  const startedMs = wallClock.monotonicMs();
  await expect(follow({ suiteId: 'nobody' }, idle).end).rejects.toMatchObject({
    code: 'NO_WORKER',
    message: expect.stringContaining('no worker polls the task queue e2e-scenarios') as string,
  });
  expect(wallClock.monotonicMs() - startedMs).toBeLessThan(10_000);
});

test('an unknown suite is said at once', async () => {
  await expect(follow({ suiteId: 'never-was' }, bench.server).end).rejects.toMatchObject({
    code: 'UNKNOWN_RUN',
  });
});

async function cancel(typed: string): Promise<{ readonly code: number; readonly text: string }> {
  let text = '';
  const temporal = temporalOf(bench.server);
  const target = await resolveInTemporal(temporal.client, typed);
  const code = await cancelAndWait({
    temporal,
    target,
    clock: wallClock,
    write: (more) => void (text += more),
  });
  return { code, text };
}

test('cancelling by the beginning of an id ends children, then the suite; the second time it is over', async () => {
  const run = await bench.start({ ...TWO, parallel: 1 }, { 'spot-migration': ['for-ever'] });
  await run.until('it to run', ({ begun }) => begun.length === 1);
  const first = await cancel(run.suiteId.slice(0, 7));
  expect(first.text).toContain(`suite ${run.suiteId} is told to stop`);
  expect(first.text).toContain('rollback  blocked: the suite was cancelled');
  expect(first.text).toContain(`suite ${run.suiteId} cancelled`);
  expect(run.tidied).toEqual(['spot-migration']);
  const second = await cancel(run.suiteId);
  expect(second).toMatchObject({ code: 0 });
  expect(second.text).toContain('is over already');
});

test('the runs of a suite are known by their own ids too', async () => {
  const run = await bench.start(TWO);
  await run.ended();
  const { client } = temporalOf(bench.server);
  const child = suiteRunIdOf(run.suiteId, 2, 1);
  expect(await resolveInTemporal(client, child)).toMatchObject({ kind: 'run', id: child });
  expect(await resolveInTemporal(client, run.suiteId.slice(0, 7))).toMatchObject({
    kind: 'suite',
    id: run.suiteId,
  });
  expect((await resolveInTemporal(client, 'last')).kind).toBe('suite');
  await expect(resolveInTemporal(client, 'zzzz')).rejects.toMatchObject({ code: 'UNKNOWN_RUN' });
  await expect(resolveInTemporal(client, "x' OR WorkflowId != '")).rejects.toMatchObject({
    code: 'UNKNOWN_RUN',
  });
});

test('a flaky suite exits 4, or 0 when that is allowed', async () => {
  const run = await bench.start({ ...named('rollback'), retries: 1 }, { rollback: ['failed', 'passed'] });
  await run.ended();
  const options: Omit<AttachSuiteOptions, 'allowFlaky'> = {
    temporal: temporalOf(bench.server),
    descriptor: { name: 'default' } as AttachSuiteOptions['descriptor'],
    suiteId: run.suiteId,
    workflowId: suiteWorkflowIdOf(run.suiteId),
    clock: wallClock,
    json: true,
    stateDirectory: '/nowhere',
  };
  expect((await attachSuite({ ...options, allowFlaky: false })).exitCode).toBe(4);
  expect((await attachSuite({ ...options, allowFlaky: true })).exitCode).toBe(0);
});
