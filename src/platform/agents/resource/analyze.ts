import type { CustomerContext, RecommendationDraft } from '../../../contracts/api/orchestration.ts';
import type { AgentServices } from '../kit/services.ts';
import type { ResultOf, TaskOf } from '../kit/tasks/task-routes.ts';
import { percent } from './figures.ts';
import { rightsize, shutDownIdle } from './scale-in.ts';
import { peakDemand, readUtilisation, type Utilisation } from './utilisation.ts';

/** What each deployment's machines are used for, and which of them are not needed. */
export async function analyzeResources(
  services: AgentServices,
  { customer_id }: TaskOf<'analyze'>,
): Promise<ResultOf<'analyze'>> {
  const context = await services.orchestrator.context(customer_id);
  if (context.deployments.length === 0) {
    return { type: 'analyze', recommendations: [], findings: ['no deployment is known yet'] };
  }
  const looked = await Promise.all(
    context.deployments.map(async ({ name }) => {
      const utilisation = await readUtilisation(services, context, name);
      const outcome = await scaleInOf(services, context, utilisation);
      return { described: describe(name, utilisation), outcome };
    }),
  );
  const outcomes = looked.map(({ outcome }) => outcome);
  return {
    type: 'analyze',
    recommendations: outcomes.filter(
      (outcome): outcome is RecommendationDraft => outcome !== null && typeof outcome !== 'string',
    ),
    findings: [
      ...looked.map(({ described }) => described),
      ...outcomes.filter((outcome): outcome is string => typeof outcome === 'string'),
    ],
  };
}

async function scaleInOf(
  services: AgentServices,
  { preferences }: CustomerContext,
  utilisation: Utilisation,
): Promise<RecommendationDraft | string | null> {
  switch (utilisation.kind) {
    case 'unknown':
      return null;
    case 'idle':
      return shutDownIdle(utilisation, preferences);
    case 'busy':
      return rightsize(services, utilisation, preferences);
  }
}

function describe(name: string, utilisation: Utilisation): string {
  if (utilisation.kind === 'unknown') return utilisation.reason;
  const { gpu } = utilisation;
  if (utilisation.kind === 'idle') {
    return `${name}: idle, ${utilisation.instances.length} nodes with GPUs ${percent(gpu.utilizationMean)} busy and no request for an hour`;
  }
  const { observation, demand } = utilisation;
  const nodes = observation.instances.length;
  const use = percent(peakDemand(observation, demand, nodes));
  return `${name}: demand at the P95 minute is ${use} of ${nodes} nodes (${demand.minutes} minutes), GPUs read ${percent(gpu.utilizationMean)} busy`;
}
