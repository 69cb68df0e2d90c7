import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { WorkflowNotFoundError } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { historyFiles, saveHistory } from '../../../src/cli/replay/history-files.ts';
import { historiesInTemporal, type RunChoice } from '../../../src/cli/replay/history-runs.ts';
import type { HistoryReference, ReplayOutcome } from '../../../src/cli/replay/outcome.ts';
import { replayMany } from '../../../src/cli/replay/replay-many.ts';
import { saveHistories } from '../../../src/cli/replay/save-histories.ts';
import { TASK_QUEUES } from '../../../src/contracts/environment.ts';
import { loadWorkflowBundle } from '../../../src/support/workflow-bundle.ts';
import { waitFor } from '../../../src/support/waiting.ts';
import { wallClock } from '../support/temporal-server.ts';
import { observed } from '../scenarios/fake-harness.ts';
import { openBench, type Bench, type Run } from '../scenarios/scenario-bench.ts';

let bench: Bench;
let codePath: string;
let directory: string;
let green: Run;
let red: Run;
beforeAll(async () => {
  bench = await openBench();
  directory = await mkdtemp(join(tmpdir(), 'histories-'));
  ({ codePath } = await loadWorkflowBundle({
    entry: join(process.cwd(), 'workflows', 'index.ts'),
    cacheDir: join(process.cwd(), '.cache', 'bundles'),
  }));
  green = await bench.start();
  red = await bench.start({
    measureQuality: async () => observed('measureQuality', {}, { 'after.quality': { value: 0.5 } }),
  });
  await Promise.all([green.handle.result(), red.handle.result()]);
});
afterAll(async () => {
  await bench[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

/** Visibility follows the history by some milliseconds. */
async function found(choice: RunChoice, count: number): Promise<HistoryReference[]> {
  return waitFor(
    async () => {
      const references = await historiesInTemporal(bench.server.client, choice);
      return references.length === count
        ? { done: true, value: references }
        : { done: false, observed: references };
    },
    { condition: `${String(count)} histories`, deadlineMs: 10_000, intervalMs: 50, clock: wallClock },
  );
}

async function replay(references: readonly HistoryReference[]): Promise<readonly ReplayOutcome[]> {
  const temporalAddress = bench.server.address;
  return (await replayMany({ codePath, temporalAddress, references })).outcomes;
}

test('runs are found by id, by a clear beginning and by their verdict, and replayed from Temporal', async () => {
  const named = await found({ kind: 'named', words: [green.runId, red.runId.slice(0, 7)] }, 2);
  const outcomes = await replay(named);
  expect(outcomes).toMatchObject([
    { runId: green.runId, scenario: 'spot-migration', status: 'fits' },
    { runId: red.runId, scenario: 'spot-migration', status: 'fits' },
  ]);
  const failed = await found({ kind: 'failed' }, 1);
  expect(failed).toMatchObject([{ workflowId: red.handle.workflowId }]);
});

test('what Temporal does not know, and what is not clear, is refused', async () => {
  // Nobody polls that queue: they only are there.
  for (const workflowId of ['e2e-twin-1', 'e2e-twin-2']) {
    await bench.server.client.workflow.start('twin', { workflowId, taskQueue: `not-${TASK_QUEUES.harness}` });
  }
  await found({ kind: 'all' }, 4);
  const ask = (...words: string[]) => historiesInTemporal(bench.server.client, { kind: 'named', words });
  await expect(ask('nosuch')).rejects.toMatchObject({ code: 'UNKNOWN_RUN' });
  await expect(ask("x' OR 'a' = 'a")).rejects.toMatchObject({ code: 'UNKNOWN_RUN' });
  await expect(ask('')).rejects.toMatchObject({ code: 'UNKNOWN_RUN' });
  await expect(ask('twin')).rejects.toThrow('several runs begin with twin');
  expect(await ask('twin-1')).toHaveLength(1);
});

test('histories are saved under the ids of their runs, and replayed from there', async () => {
  const references = await found({ kind: 'named', words: [green.runId] }, 1);
  const paths: string[] = [];
  for await (const path of saveHistories(directory, references, bench.server.address)) paths.push(path);
  expect(await readdir(directory)).toEqual([`${green.runId}.pb.gz`]);
  expect(await historyFiles(directory)).toEqual(paths);
  const [outcome] = await replay(paths.map((path) => ({ kind: 'file', path })));
  expect(outcome).toMatchObject({ status: 'fits', runId: green.runId, source: paths[0] });
});

test('a workflow of somebody else is told from ours', async () => {
  const history = await green.handle.fetchHistory();
  history.events![0]!.workflowExecutionStartedEventAttributes!.workflowType = { name: 'somebodyElses' };
  const path = await saveHistory(directory, 'foreign', { history });
  const [outcome] = await replay([{ kind: 'file', path }]);
  expect(outcome).toMatchObject({ status: 'foreign', scenario: 'somebodyElses', divergence: null });
});

test('a run that is not there is an outcome, not an end of all others', async () => {
  const references = await found({ kind: 'named', words: [green.runId] }, 1);
  const gone = { kind: 'temporal', workflowId: 'e2e-gone', workflowRunId: '' } as const;
  const outcomes = await replay([gone, ...references]);
  expect(outcomes.map(({ status }) => status)).toEqual(['unreadable', 'fits']);
  await expect(bench.server.client.workflow.getHandle('e2e-gone').describe()).rejects.toThrow(
    WorkflowNotFoundError,
  );
});
