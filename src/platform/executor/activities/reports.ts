import { toTimestamp } from '../../../support/clock.ts';
import type { RolloutActivities } from '../contract.ts';
import type { RolloutDependencies } from './dependencies.ts';

/** What the orchestrator, and through it the customer, hears of the rollout. */
export function createReportActivities({
  orchestrator,
  clock,
}: RolloutDependencies): Pick<RolloutActivities, 'reportStatus' | 'beginStep' | 'endStep'> {
  return {
    reportStatus: ({ optimizationId, status, result, actualSavingsUsdPerMonth }) =>
      orchestrator.reportStatus(optimizationId, { status, result, actual_savings: actualSavingsUsdPerMonth }),
    beginStep: async ({ optimizationId, step, order }) => {
      const start = { startedAt: toTimestamp(clock.wallMs()), worldStartedAt: toTimestamp(clock.worldMs()) };
      await orchestrator.reportStep(optimizationId, step, {
        order,
        status: 'running',
        started_at: start.startedAt,
        finished_at: null,
        world_started_at: start.worldStartedAt,
        world_finished_at: null,
        evidence: {},
      });
      return start;
    },
    endStep: ({ optimizationId, step, order, start, status, evidence }) =>
      orchestrator.reportStep(optimizationId, step, {
        order,
        status,
        started_at: start.startedAt,
        finished_at: toTimestamp(clock.wallMs()),
        world_started_at: start.worldStartedAt,
        world_finished_at: toTimestamp(clock.worldMs()),
        evidence,
      }),
  };
}
