import type { ScenarioDefinition } from '../../../src/contracts/scenarios/index.ts';

/** No budget that a busy machine could break: the number of runs is the subject, not their time. */
const AN_HOUR_MS = 3_600_000;
const NAMES = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth'];
export const IN_FLIGHT: ScenarioDefinition = {
  name: 'in-flight',
  title: 'In flight',
  workflowType: 'inFlight',
  tags: [],
  description: 'Nine phases of one customer.',
  phases: NAMES.map((name, index) => ({ number: index + 1, name, title: name, budgetMs: AN_HOUR_MS })),
};
