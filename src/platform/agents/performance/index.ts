import type { AgentDefinition } from '../kit/agent.ts';
import { analyzePerformance } from './analyze.ts';
import { validatePerformance } from './opinion.ts';

/** Latency against what the customer promised: bottlenecks, and forecasts of other agents' plans. */
export const performanceAgent: AgentDefinition = {
  type: 'performance',
  capabilities: ['bottleneck_analysis', 'latency_forecast'],
  handlers: (services) => ({
    analyze: (task) => analyzePerformance(services, task),
    validate: (task) => validatePerformance(services, task),
  }),
};
