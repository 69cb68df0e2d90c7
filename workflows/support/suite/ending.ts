import { ActivityFailure, proxyActivities } from '@temporalio/workflow';

import type { Verdict } from '../../../src/contracts/runs.ts';
import type { SuiteActivities } from '../../../src/contracts/suite-activities.ts';
import { suiteVerdictOf } from '../../../src/contracts/suite-verdict.ts';
import { reasonOf } from '../reasons.ts';
import { timestamp } from '../time.ts';
import type { SuiteRecorder } from './recorder.ts';

const { publishSuite } = proxyActivities<SuiteActivities>({
  startToCloseTimeout: '120s',
  retry: { maximumAttempts: 5, initialInterval: '200ms' },
  summary: 'report · pages of the suite',
});

/** The end of every suite: its verdict, then its pages. A page that cannot be written never hides what the runs found. */
export async function finishSuite(recorder: SuiteRecorder, cancelled: boolean): Promise<void> {
  recorder.update({ status: 'finished', verdict: verdictOf(recorder, cancelled), finishedAt: timestamp() });
  try {
    await publishSuite({ suite: recorder.state() });
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    recorder.update({ errors: [...recorder.state().errors, `report · pages: ${reasonOf(error)}`] });
    recorder.update({ verdict: verdictOf(recorder, cancelled) });
  }
}

/** A suite that was told to stop has not passed, even when all it had begun did. */
function verdictOf(recorder: SuiteRecorder, cancelled: boolean): Verdict {
  const { items, errors } = recorder.state();
  const verdict = suiteVerdictOf(items, errors);
  return cancelled && verdict === 'passed' ? 'cancelled' : verdict;
}
