import type { ServiceLevelObjective } from '../../../contracts/api/customers.ts';
import type { AgentDefinition } from '../kit/agent.ts';
import { validated } from '../kit/opinion.ts';
import type { AgentServices } from '../kit/services.ts';
import type { ResultOf, TaskOf } from '../kit/tasks/task-routes.ts';
import { judgeUtilisation, percent } from './opinion.ts';
import { isUnderused, peakDemand, readUtilisation, type Utilisation } from './utilisation.ts';

/** Use of machines: idle, under-used, tight. */
export const resourceAgent: AgentDefinition = {
  type: 'resource',
  capabilities: ['utilisation_analysis', 'utilisation_opinion'],
  handlers: (services) => ({
    analyze: (task) => analyzeResources(services, task),
    validate: (task) => validateResources(services, task),
  }),
};

async function analyzeResources(
  services: AgentServices,
  { customer_id }: TaskOf<'analyze'>,
): Promise<ResultOf<'analyze'>> {
  const context = await services.orchestrator.context(customer_id);
  const findings = await Promise.all(
    context.deployments.map(async ({ name }) =>
      describeUtilisation(name, await readUtilisation(services, context, name), context.preferences.slo),
    ),
  );
  return {
    type: 'analyze',
    recommendations: [],
    findings: findings.length === 0 ? ['no deployment is known yet'] : findings,
  };
}

function describeUtilisation(name: string, utilisation: Utilisation, slo: ServiceLevelObjective): string {
  if (utilisation.kind === 'unknown') return utilisation.reason;
  const { gpu } = utilisation;
  if (utilisation.kind === 'idle') {
    return `${name}: idle, ${utilisation.nodes} nodes with GPUs ${percent(gpu.utilizationMean)} busy and no request for an hour`;
  }
  const { observation, demand } = utilisation;
  const nodes = observation.instances.length;
  const use = percent(peakDemand(observation, demand, nodes));
  const advice = isUnderused(observation, demand, slo) ? `; ${nodes - 1} nodes would do` : '';
  return `${name}: demand at the P95 minute is ${use} of ${nodes} nodes (${demand.minutes} minutes), GPUs read ${percent(gpu.utilizationMean)} busy${advice}`;
}

async function validateResources(
  services: AgentServices,
  { customer_id, recommendation: { plan } }: TaskOf<'validate'>,
): Promise<ResultOf<'validate'>> {
  const context = await services.orchestrator.context(customer_id);
  const utilisation = await readUtilisation(services, context, plan.deployment);
  return validated(judgeUtilisation(utilisation, plan, context.preferences.slo));
}
