import { join } from 'node:path';

import { ApplicationFailure } from '@temporalio/common';
import { Worker, type ReplayHistoriesIterable } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { heartbeating } from '../../../activities/context.ts';
import { DECIDE_UPDATE, type ApprovalDecision } from '../../../src/contracts/runs.ts';
import { loadWorkflowBundle } from '../../../src/support/workflow-bundle.ts';
import { observed } from './fake-harness.ts';
import { openBench, until, type Bench, type Run } from './scenario-bench.ts';

const forEver = () => heartbeating(() => new Promise<never>(() => undefined));
let bench: Bench;
let codePath: string;

beforeAll(async () => {
  bench = await openBench();
  ({ codePath } = await loadWorkflowBundle({
    entry: join(process.cwd(), 'workflows', 'index.ts'),
    cacheDir: join(process.cwd(), '.cache', 'bundles'),
  }));
});
afterAll(() => bench[Symbol.asyncDispose]());

async function* historiesOf(runs: readonly Run[]): ReplayHistoriesIterable {
  for (const { handle } of runs) {
    yield { workflowId: handle.workflowId, history: await handle.fetchHistory() };
  }
}

/** What replaying said of each history: null when it fitted. */
async function replay(histories: ReplayHistoriesIterable): Promise<(string | null)[]> {
  const results: (string | null)[] = [];
  for await (const { error } of Worker.runReplayHistories({ workflowBundle: { codePath } }, histories)) {
    results.push(error === undefined ? null : error.name);
  }
  return results;
}

const until6 = (run: Run) => until(run, 'the wait', ({ lines }) => lines.includes('monitorExecution'));

/** One run for each way a run can go. */
async function everyKindOfRun(): Promise<readonly Run[]> {
  const passed = await bench.start();
  const red = await bench.start({
    measureQuality: async () => observed('measureQuality', {}, { 'after.quality': { value: 0.5 } }),
  });
  const drill = await bench.start(
    {},
    { faults: [{ phase: 'validate-quality', fault: { kind: 'stop-traffic' } }] },
  );
  const broken = await bench.start({
    cleanUp: () => Promise.reject(ApplicationFailure.create({ type: 'NOT_FOUND', message: 'gone' })),
  });
  const manual = await bench.start({ awaitDecisionElsewhere: forEver }, { approve: 'manual' });
  await until(manual, 'it to ask', ({ lines }) => lines.includes('awaitDecisionElsewhere'));
  const yes: ApprovalDecision = { decision: 'approve', by: 'dana', reason: 'fine' };
  await manual.handle.executeUpdate(DECIDE_UPDATE, { args: [yes] });
  const cancelled = await bench.start({ monitorExecution: forEver });
  await until6(cancelled);
  await cancelled.handle.cancel();
  return [passed, red, drill, broken, manual, cancelled];
}

test('the history of every kind of run, one still under way included, fits the code', async () => {
  const closed = await everyKindOfRun();
  const states = await Promise.all(closed.map((each) => each.ended()));
  expect(states.map(({ verdict }) => verdict)).toEqual([
    'passed',
    'failed',
    'passed',
    'infra-error',
    'passed',
    'cancelled',
  ]);
  const open = await bench.start({ monitorExecution: forEver });
  await until6(open);
  const runs = [...closed, open];
  expect(await replay(historiesOf(runs))).toEqual(runs.map(() => null));
  await open.handle.cancel();
  await open.handle.result();
});

test('a history that another code wrote is told from ours', async () => {
  const run = await bench.start();
  await run.handle.result();
  const history = await run.handle.fetchHistory();
  const event = history.events?.find(
    ({ activityTaskScheduledEventAttributes: scheduled }) =>
      scheduled?.activityType?.name === 'measureQuality',
  );
  event!.activityTaskScheduledEventAttributes!.activityType = { name: 'guessQuality' };
  async function* one(): ReplayHistoriesIterable {
    yield { workflowId: run.handle.workflowId, history };
  }
  expect(await replay(one())).toEqual(['DeterminismViolationError']);
});
