import type { ServiceLevelObjective } from '../../../contracts/api/customers.ts';
import { iterationMs } from '../kit/latency/serving-constants.ts';
import { ms } from '../kit/observation/fleet-forecast.ts';
import {
  forecastFor,
  observeDeployment,
  type DeploymentObservation,
} from '../kit/observation/observe-deployment.ts';
import type { AgentServices } from '../kit/services.ts';
import type { ResultOf, TaskOf } from '../kit/tasks/task-routes.ts';
import { planTuning, type Tuning } from './tuning/plan-tuning.ts';

/** A node that is busy with prompts for this share of its time makes decodes wait. */
const PREFILL_BOUND = 0.4;

/** Where a request's time goes, against what was promised. */
function bottlenecks(observation: DeploymentObservation, slo: ServiceLevelObjective): string[] {
  const { requests, estimate, traffic, deployment, instances } = observation;
  const { constants } = estimate;
  const compare = (what: string, measured: number, promised: number): string =>
    `${deployment.name}: latency ${what} ${ms(measured)} is ${measured <= promised ? 'within' : 'above'} the promised ` +
    `${ms(promised)} (${requests.requests} requests)`;
  const now = forecastFor(observation, instances.length);
  const promptMs = iterationMs(constants, traffic.prefillTokensMean, 0);
  const tokenMs = iterationMs(constants, 0, 0);
  const percent = (now.occupancy * 100).toFixed(0);
  return [
    compare('P95', requests.latencyMsP95, slo.latency_ms_p95),
    compare('P99', requests.latencyMsP99, slo.latency_ms_p99),
    now.occupancy >= PREFILL_BOUND
      ? `${deployment.name}: prefill is the bottleneck: prompts take ${percent} % of a node's time, ${ms(promptMs)} each; ` +
        'prefix caching or chunked prefill would relieve it'
      : `${deployment.name}: decoding is the bottleneck: ${ms(tokenMs)} a token before any waiting, prompts take ${percent} %; ` +
        'lighter weights would relieve it',
    now.stable
      ? `${deployment.name}: demand is ${(now.demand * 100).toFixed(0)} % of ${instances.length} nodes`
      : `${deployment.name}: ${instances.length} nodes are near saturation: ${now.reason}`,
  ];
}

export async function analyzePerformance(
  services: AgentServices,
  { customer_id }: TaskOf<'analyze'>,
): Promise<ResultOf<'analyze'>> {
  const context = await services.orchestrator.context(customer_id);
  if (context.deployments.length === 0) {
    return { type: 'analyze', recommendations: [], findings: ['no deployment is known yet'] };
  }
  const looked = await Promise.all(
    context.deployments.map(async (deployment): Promise<Tuning> => {
      const observed = await observeDeployment(services, context, deployment);
      if (!observed.ok) return { draft: null, findings: [observed.reason] };
      const { draft, findings } = await planTuning(services, context, observed.observation);
      return {
        draft,
        findings: [...bottlenecks(observed.observation, context.preferences.slo), ...findings],
      };
    }),
  );
  return {
    type: 'analyze',
    recommendations: looked.flatMap(({ draft }) => (draft === null ? [] : [draft])),
    findings: looked.flatMap(({ findings }) => findings),
  };
}
