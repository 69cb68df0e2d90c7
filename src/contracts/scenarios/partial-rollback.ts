import { ONCE, APPROVAL, phasesOf, UNTIL_VALIDATED, type ScenarioDefinition } from './definition.ts';

export const PARTIAL_ROLLBACK: ScenarioDefinition = {
  name: 'partial-rollback',
  title: 'Rollback after the point of no return',
  workflowType: 'partialRollback',
  variantOf: 'rollback',
  tags: ['e2e', 'rollback'],
  description:
    'The customer has guarded nodes against termination, and the cloud refuses after the first old node is gone. What can be undone is undone newest first; what cannot is reported by name, and another node stands in its place before traffic goes back. That node boots as long as any (600 s of world time), so such a rollback takes longer than five minutes.',
  phases: phasesOf(
    ...UNTIL_VALIDATED,
    ['take-snapshot', 'Reading world and cloud, guarding nodes', 30],
    APPROVAL,
    ['monitor-execution', 'Following the rollout to its end', 600, ONCE.execution],
    ['inspect-leftovers', 'Looking for what could not be undone', 60],
    ['verify-audit', 'Reading the audit', 30],
    ['validate-service', 'Measuring the service since before the rollout', 60],
  ),
  requires: { timeScale: { minimum: 10 } },
};
