import type { AgentDefinition } from '../kit/agent.ts';
import { validated } from '../kit/opinion.ts';
import type { AgentServices } from '../kit/services.ts';
import type { ResultOf, TaskOf } from '../kit/tasks/task-routes.ts';
import { analyzeResources } from './analyze.ts';
import { judgeUtilisation } from './opinion.ts';
import { readUtilisation } from './utilisation.ts';

/** Use of machines: idle, under-used, tight. */
export const resourceAgent: AgentDefinition = {
  type: 'resource',
  capabilities: ['utilisation_analysis', 'utilisation_opinion', 'idle_shutdown', 'rightsizing'],
  handlers: (services) => ({
    analyze: (task) => analyzeResources(services, task),
    validate: (task) => validateResources(services, task),
  }),
};

async function validateResources(
  services: AgentServices,
  { customer_id, recommendation: { plan } }: TaskOf<'validate'>,
): Promise<ResultOf<'validate'>> {
  const context = await services.orchestrator.context(customer_id);
  const utilisation = await readUtilisation(services, context, plan.deployment);
  return validated(judgeUtilisation(utilisation, plan, context.preferences.slo));
}
