import type { AgentDefinition } from '../kit/agent.ts';
import { analyzePerformance } from './analyze.ts';
import { negotiateHybrid } from './negotiation/negotiate.ts';
import { validatePerformance } from './opinion/validate.ts';

/** Latency against what the customer promised: bottlenecks, better configurations, forecasts of other agents' plans. */
export const performanceAgent: AgentDefinition = {
  type: 'performance',
  capabilities: [
    'bottleneck_analysis',
    'latency_forecast',
    'engine_configuration',
    'quantization_fit',
    'negotiation',
  ],
  handlers: (services) => ({
    analyze: (task) => analyzePerformance(services, task),
    validate: (task) => validatePerformance(services, task),
    negotiate: (task) => negotiateHybrid(services, task),
  }),
};
