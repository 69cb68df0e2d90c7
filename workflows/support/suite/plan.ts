import { ApplicationFailure, workflowInfo } from '@temporalio/workflow';

import { SelectionError } from '../../../src/contracts/selecting/selection-error.ts';
import { planItems } from '../../../src/contracts/suite-plan.ts';
import {
  suiteIdOf,
  type SuiteInput,
  type SuiteItem,
  type SuiteState,
} from '../../../src/contracts/suites.ts';
import { nowMs, timestamp } from '../time.ts';

const SEEDS = 1_000_000;

/** A suite before its first run. A selection that means nothing fails the workflow at once: it could never be green. */
export function planSuite(input: SuiteInput): SuiteState {
  const info = workflowInfo();
  const seed = input.seed ?? (Math.floor(nowMs()) % SEEDS) + 1;
  return {
    suiteId: suiteIdOf(info.workflowId),
    input,
    seed,
    status: 'running',
    verdict: null,
    startedAt: timestamp(),
    finishedAt: null,
    items: itemsOf(input, seed),
    errors: [],
    temporal: { namespace: info.namespace, workflowId: info.workflowId, workflowRunId: info.runId },
  };
}

function itemsOf(input: SuiteInput, seed: number): readonly SuiteItem[] {
  try {
    return planItems(input, seed);
  } catch (error) {
    if (!(error instanceof SelectionError)) throw error;
    throw ApplicationFailure.nonRetryable(error.message, 'USAGE');
  }
}
