import { ONCE, phasesOf, UNTIL_APPROVED, type ScenarioDefinition } from './definition.ts';

export const SPOT_MIGRATION: ScenarioDefinition = {
  name: 'spot-migration',
  title: 'Spot migration',
  workflowType: 'spotMigration',
  tags: ['e2e', 'cost'],
  description:
    'Acme moves three of four on-demand nodes to spot: analyse, recommend, validate, approve, roll out in seven steps, measure, learn.',
  phases: phasesOf(
    ...UNTIL_APPROVED,
    ['monitor-execution', 'Monitoring execution', 600, ONCE.execution],
    ['validate-quality', 'Validating quality maintained', 60],
    ['validate-savings', 'Validating cost savings', 60],
    ['verify-learning', 'Verifying learning loop', 60],
  ),
};
