import {
  ChildWorkflowFailure,
  executeChild,
  isCancellation,
  ParentClosePolicy,
  TerminatedFailure,
  TimeoutFailure,
} from '@temporalio/workflow';
import {
  defineSearchAttributeKey,
  SearchAttributeType,
  TypedSearchAttributes,
  WorkflowExecutionAlreadyStartedError,
} from '@temporalio/common';

import { runStartOf } from '../../../src/contracts/run-start.ts';
import type { ScenarioInput } from '../../../src/contracts/runs.ts';
import type { ScenarioDefinition } from '../../../src/contracts/scenarios/index.ts';
import type { RunSummary } from '../../../src/contracts/suites.ts';
import { timestamp } from '../time.ts';

/** What a run may take beyond the budgets of its phases: customers, evidence, clean-up, pages. */
const AROUND_PHASES_MS = 30 * 60_000;

/**
 * Runs one scenario as a child and sums it up; a child that was terminated, never started or stands still is an
 * infrastructure error with its cause, never lost. Null: cancelled before it began.
 */
export async function runChild(
  scenario: ScenarioDefinition,
  runId: string,
  input: ScenarioInput,
): Promise<RunSummary | null> {
  const startedAt = timestamp();
  const { keywords, seed, ...start } = runStartOf(scenario, runId, input);
  try {
    return await executeChild<(input: ScenarioInput) => Promise<RunSummary>>(scenario.workflowType, {
      ...start,
      typedSearchAttributes: new TypedSearchAttributes([
        ...keywords.map(({ name, value }) => ({
          key: defineSearchAttributeKey(name, SearchAttributeType.KEYWORD),
          value,
        })),
        { key: defineSearchAttributeKey(seed.name, SearchAttributeType.INT), value: seed.value },
      ]),
      parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
      // A child whose code cannot go on would hold up the suite for ever.
      workflowRunTimeout: longestMs(scenario, input),
    });
  } catch (error) {
    if (isCancellation(error) && !(error instanceof ChildWorkflowFailure)) return null;
    return {
      runId,
      scenario: scenario.name,
      verdict: isCancellation(error) ? 'cancelled' : 'infra-error',
      startedAt,
      finishedAt: timestamp(),
      phasesPassed: 0,
      phases: scenario.phases.length,
      gatesPassed: 0,
      gates: 0,
      reason: causeOf(error),
    };
  }
}

/** Each phase has its activities' retries within twice its budget, and a person may take the time to decide. */
function longestMs(
  { phases }: ScenarioDefinition,
  { approve, approval, keepOnRedMs = 0 }: ScenarioInput,
): number {
  const budgetsMs = phases.map(({ budgetMs, manualBudgetMs = budgetMs }) =>
    approve === 'manual' ? manualBudgetMs : budgetMs,
  );
  const total = budgetsMs.reduce((sum, each) => sum + each, 0);
  return (
    2 * total + AROUND_PHASES_MS + keepOnRedMs + (approve === 'manual' ? (approval?.deadlineMs ?? 0) : 0)
  );
}

function causeOf(error: unknown): string {
  if (error instanceof WorkflowExecutionAlreadyStartedError) {
    return 'it could not be started: a run with this id exists already';
  }
  const cause = error instanceof ChildWorkflowFailure ? error.cause : undefined;
  if (cause instanceof TerminatedFailure) return 'it was terminated; the sweeper cleans up after it';
  if (cause instanceof TimeoutFailure) return 'it did not end in its time; the sweeper cleans up after it';
  if (cause !== undefined && isCancellation(cause)) return 'cancelled';
  return `it broke: ${cause?.message ?? String(error)}`;
}
