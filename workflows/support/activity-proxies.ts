import {
  proxyActivities,
  proxyLocalActivities,
  TemporalFailure,
  type ActivityOptions,
} from '@temporalio/workflow';

import type { HarnessActivities } from '../../src/contracts/activities.ts';

/** Infrastructure is retried a few times, quickly; what the platform did wrong comes back as evidence, not as an error. */
const retry = {
  initialInterval: '200ms',
  backoffCoefficient: 2,
  maximumInterval: '5s',
  maximumAttempts: 8,
  nonRetryableErrorTypes: ['ENVIRONMENT_MISMATCH', 'USAGE', 'VALIDATION_FAILED', 'FORBIDDEN', 'NOT_FOUND'],
} satisfies ActivityOptions['retry'];

/** A wait is bounded by time alone: its worker may be killed any number of times. */
const { maximumAttempts: _bounded, ...untilItsTime } = retry;

export type Preset = 'probe' | 'mutate' | 'longWait' | 'teardown';

/** The four ways an activity is called. The budget is the phase's; the heartbeat tells a killed worker within two seconds. */
const presets: Readonly<Record<Preset, (budgetMs: number) => ActivityOptions>> = {
  probe: (budgetMs) => ({
    startToCloseTimeout: budgetMs,
    scheduleToCloseTimeout: budgetMs * 2,
    heartbeatTimeout: '5s',
    retry,
  }),
  mutate: (budgetMs) => ({
    startToCloseTimeout: budgetMs,
    scheduleToCloseTimeout: budgetMs * 2,
    heartbeatTimeout: '5s',
    retry,
  }),
  longWait: (budgetMs) => ({
    startToCloseTimeout: budgetMs,
    scheduleToCloseTimeout: budgetMs * 2,
    heartbeatTimeout: '2s',
    retry: untilItsTime,
  }),
  teardown: (budgetMs) => ({
    startToCloseTimeout: budgetMs,
    heartbeatTimeout: '10s',
    retry: { ...retry, maximumAttempts: 5 },
  }),
};

/** Activities by preset, with the summary that Temporal's UI shows on the event. */
export function activities(preset: Preset, budgetMs: number, summary: string): HarnessActivities {
  return proxyActivities<HarnessActivities>({ ...presets[preset](budgetMs), summary });
}

/** While it lasts, queries of the run wait. */
const AT_ONCE_MS = 2_000;

/**
 * Tries it in the worker that holds the run, within the workflow task at hand, which costs a fourth of a way through
 * the server; what does not succeed so is done durably. Only for what may be done twice.
 */
export async function atOnce<T>(
  budgetMs: number,
  summary: string,
  work: (call: HarnessActivities) => Promise<T>,
): Promise<T> {
  const local = proxyLocalActivities<HarnessActivities>({
    startToCloseTimeout: AT_ONCE_MS,
    retry: { maximumAttempts: 1 },
    summary,
  });
  try {
    return await work(local);
  } catch (error) {
    // A local activity fails with the activity's own error, which does not say whether it may be tried again.
    if (!(error instanceof TemporalFailure)) throw error;
    return work(activities('teardown', budgetMs, summary));
  }
}
