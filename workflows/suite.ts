import { ApplicationFailure, CancellationScope, continueAsNew, workflowInfo } from '@temporalio/workflow';

import type { SuiteInput, SuiteState } from '../src/contracts/suites.ts';
import { finishSuite } from './support/suite/ending.ts';
import { planSuite } from './support/suite/plan.ts';
import { createSuiteRecorder } from './support/suite/recorder.ts';
import { runItems } from './support/suite/pool.ts';

const TRIES_PER_HISTORY = 200;

/**
 * Runs a selection of scenarios as children, some at the same time, and ends with a verdict over all of them. A long
 * one goes on in a new history of the same workflow id; `carried` is what it has by then.
 */
export async function suite(input: SuiteInput, carried: SuiteState | null = null): Promise<SuiteState> {
  const recorder = createSuiteRecorder(carried ?? planSuite(input));
  const tries = input.triesPerHistory ?? TRIES_PER_HISTORY;
  const end = await runItems(recorder, (ended) => ended >= tries || workflowInfo().continueAsNewSuggested);
  if (end === 'goes-on') return continueAsNew<typeof suite>(input, recorder.state());
  await CancellationScope.nonCancellable(() => finishSuite(recorder, end === 'cancelled'));
  const state = recorder.state();
  if (input.failWhenNotPassed && state.verdict !== 'passed') {
    throw ApplicationFailure.nonRetryable(
      `suite ${state.suiteId} is ${state.verdict ?? 'undecided'}, not passed`,
      'SUITE_NOT_PASSED',
    );
  }
  return state;
}
