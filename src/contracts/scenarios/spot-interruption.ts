import { MIGRATION_STEPS } from '../api/recommendations.ts';
import { NODE_LOSS } from './node-loss.ts';
import { ONCE, phasesOf, UNTIL_APPROVED, type ScenarioDefinition } from './definition.ts';

/** The arrows of the rollout: after each of these steps there are spot nodes to lose, and a step to come. */
export const INTERRUPTION_ARROWS = MIGRATION_STEPS.slice(0, -1);

export const SPOT_INTERRUPTION: ScenarioDefinition = {
  name: 'spot-interruption',
  title: 'Spot migration under interruptions',
  workflowType: 'spotInterruption',
  variantOf: 'spot-migration',
  tags: ['e2e', 'cost', 'interruption'],
  description:
    'The cloud takes a new spot node back at an arrow of the rollout, which fills the slot again and completes; and another one when all is done, which the platform replaces by itself. Instances are conserved and no request is lost beyond the promise.',
  phases: phasesOf(
    ...UNTIL_APPROVED,
    ['monitor-execution', 'Monitoring execution under interruptions', 600, ONCE.execution],
    ['validate-quality', 'Validating the service', 60],
    ...NODE_LOSS,
    ['verify-fleet', 'Counting nodes', 30],
    ['validate-interruption', 'Validating the service since the notice', 60],
    ['verify-audit', 'Reading the audit', 30],
  ),
  requires: { timeScale: { minimum: 10 } },
  settings: [
    {
      name: 'after',
      values: ['by-seed', 'every', ...INTERRUPTION_ARROWS],
      otherwise: 'by-seed',
      about: 'the step after which a node is reclaimed; by-seed: one of them, seed modulo six',
    },
  ],
};
