import { NODE_LOSS } from './node-loss.ts';
import { ONCE, phasesOf, UNTIL_APPROVED, type ScenarioDefinition } from './definition.ts';

export const RETURN_TO_SPOT: ScenarioDefinition = {
  name: 'return-to-spot',
  title: 'Return to spot',
  workflowType: 'returnToSpot',
  variantOf: 'spot-migration',
  tags: ['e2e', 'cost', 'interruption'],
  description:
    'The cloud takes a spot node while no pool has another. Its replacement runs on demand and says so; as soon as there is capacity the platform goes back to spot by itself, and the bill with it.',
  phases: phasesOf(
    ...UNTIL_APPROVED,
    ['monitor-execution', 'Monitoring execution', 600, ONCE.execution],
    ['record-cost-on-spot', 'Recording the bill on spot', 30],
    ...NODE_LOSS,
    ['verify-fallback', 'Counting nodes, one of them on demand for want of spot', 30],
    ['restore-capacity', 'Spot machines are there again', 10, ONCE.event],
    ['await-return', 'Waiting for the platform to go back to spot', 120, ONCE.event],
    ['follow-return', 'Following the return', 600, ONCE.execution],
    ['verify-returned', 'Counting nodes after the return', 30],
    ['validate-savings', 'Validating cost savings of the return', 60],
    ['verify-audit', 'Reading the audit', 30],
  ),
  requires: { timeScale: { minimum: 10 } },
};
