import { CancellationScope, isCancellation, proxyActivities, workflowInfo } from '@temporalio/workflow';

import type { ScenarioInput } from '../../../src/contracts/runs.ts';
import type { RunSummary } from '../../../src/contracts/suites.ts';

export { suite } from '../../../workflows/suite.ts';

/** What a fake child asks: it plays its part until told how it ended. */
export interface Play {
  play(input: { scenario: string; runId: string; input: ScenarioInput }): Promise<RunSummary>;
  tidy(input: { scenario: string; runId: string }): Promise<RunSummary>;
}

const { play, tidy } = proxyActivities<Play>({
  startToCloseTimeout: '60s',
  heartbeatTimeout: '2s',
  retry: { maximumAttempts: 1 },
});

/** A scenario as a suite sees it: it ends with a summary, also when it is cancelled, after its clean-up. */
function fake(scenario: string) {
  return async (input: ScenarioInput): Promise<RunSummary> => {
    const runId = workflowInfo().workflowId.replace(/^e2e-/, '');
    try {
      return await play({ scenario, runId, input });
    } catch (error) {
      if (!isCancellation(error)) throw error;
      return CancellationScope.nonCancellable(() => tidy({ scenario, runId }));
    }
  };
}

export const spotMigration = fake('spot-migration');
export const spotRollback = fake('spot-rollback');
export const spotNoCapacity = fake('spot-no-capacity');
export const rollback = fake('rollback');
