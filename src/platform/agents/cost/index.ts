import type { AgentDefinition } from '../kit/agent.ts';
import { analyzeCost } from './analyze.ts';
import { learnOutcome } from './learn.ts';
import { validateCost } from './opinion.ts';

/** Spot plans with a forecast and its range; learns from what came of them. */
export const costAgent: AgentDefinition = {
  type: 'cost',
  capabilities: ['spot_migration', 'savings_forecast', 'learning'],
  handlers: (services) => ({
    analyze: (task) => analyzeCost(services, task),
    validate: (task) => validateCost(services, task),
    learn: (task) => learnOutcome(services, task),
  }),
};
