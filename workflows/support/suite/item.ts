import { isCancellation, proxyActivities } from '@temporalio/workflow';

import { scenarioNamed } from '../../../src/contracts/suite-plan.ts';
import type { SuiteActivities } from '../../../src/contracts/suite-activities.ts';
import { isWorthARetry, outcomeOf } from '../../../src/contracts/suite-verdict.ts';
import { suiteRunIdOf, type SuiteItem } from '../../../src/contracts/suites.ts';
import { reasonOf } from '../reasons.ts';
import { runChild } from './child.ts';
import type { SuiteRecorder } from './recorder.ts';

const { checkScenario } = proxyActivities<SuiteActivities>({
  startToCloseTimeout: '30s',
  retry: { maximumAttempts: 5, initialInterval: '200ms', nonRetryableErrorTypes: ['USAGE'] },
  summary: 'requirements of the environment',
});

export const CANCELLED = { blockedBy: 'the suite was cancelled', blockedFor: 'cancelled' } as const;

/** One item from its check to its last try. `goOn` says whether a further try may start. */
export async function runItem(recorder: SuiteRecorder, number: number, goOn: () => boolean): Promise<void> {
  const { scenario } = recorder.item(number);
  const block = await whatBlocks(scenario);
  if (block !== null) {
    recorder.updateItem(number, { ...block, status: 'finished', outcome: 'blocked' });
    return;
  }
  const { retries } = recorder.state().input;
  for (let attempt = 1; attempt <= retries + 1; attempt += 1) {
    await runTry(recorder, number, attempt);
    const last = recorder.item(number).runs.at(-1);
    if (last === undefined || !isWorthARetry(last.verdict) || !goOn()) break;
  }
  const outcome = outcomeOf(recorder.item(number).runs);
  recorder.updateItem(number, {
    status: 'finished',
    ...(outcome === null ? { outcome: 'blocked', ...CANCELLED } : { outcome }),
  });
}

async function whatBlocks(scenario: string): Promise<Pick<SuiteItem, 'blockedBy' | 'blockedFor'> | null> {
  try {
    const { missing } = await checkScenario({ scenario });
    return missing === null ? null : { blockedBy: missing, blockedFor: 'requirement' };
  } catch (error) {
    if (isCancellation(error)) return CANCELLED;
    return { blockedBy: `its requirements cannot be checked: ${reasonOf(error)}`, blockedFor: 'requirement' };
  }
}

async function runTry(recorder: SuiteRecorder, number: number, attempt: number): Promise<void> {
  const { suiteId, input } = recorder.state();
  const { scenario, seed, runIds } = recorder.item(number);
  const runId = suiteRunIdOf(suiteId, number, attempt);
  recorder.updateItem(number, { runIds: [...runIds, runId] });
  const summary = await runChild(scenarioNamed(scenario), runId, { ...input.scenario, seed, suiteId });
  const { runs } = recorder.item(number);
  recorder.updateItem(number, summary === null ? { runIds } : { runs: [...runs, summary] });
}
