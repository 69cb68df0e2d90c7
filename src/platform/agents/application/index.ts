import type { AgentDefinition } from '../kit/agent.ts';
import { windowOf } from '../kit/observation/observe-deployment.ts';
import { validated } from '../kit/opinion.ts';
import type { AgentServices } from '../kit/services.ts';
import type { ResultOf, TaskOf } from '../kit/tasks/task-routes.ts';
import { describe, establishBaseline, judgeQuality, type BaselineResult } from './baseline.ts';

/** World time over which a baseline is taken. */
const BASELINE_WINDOW_MS = 60 * 60_000;

/** Answer quality: records the baseline that a change is held against, and says whether there is one. */
export const applicationAgent: AgentDefinition = {
  type: 'application',
  capabilities: ['quality_baseline', 'quality_opinion'],
  handlers: (services) => ({
    analyze: (task) => analyzeQuality(services, task),
    validate: (task) => validateQuality(services, task),
  }),
};

async function baselineOf(
  { telemetry, clock }: AgentServices,
  customerId: string,
  deployment: string,
): Promise<BaselineResult> {
  const window = windowOf(clock, customerId, deployment, BASELINE_WINDOW_MS);
  return establishBaseline(deployment, await telemetry.quality(window));
}

async function analyzeQuality(
  services: AgentServices,
  { customer_id }: TaskOf<'analyze'>,
): Promise<ResultOf<'analyze'>> {
  const { deployments, preferences } = await services.orchestrator.context(customer_id);
  const findings = await Promise.all(
    deployments.map(async ({ name }) => {
      const result = await baselineOf(services, customer_id, name);
      if (!result.established) return result.reason;
      const promised = preferences.slo.quality_score;
      const kept = result.baseline.interval.low >= promised ? 'keeps' : 'does not surely keep';
      return `${name}: ${describe(result.baseline)} It ${kept} the promised ${promised}.`;
    }),
  );
  return {
    type: 'analyze',
    recommendations: [],
    findings: findings.length === 0 ? ['no deployment is known yet'] : findings,
  };
}

async function validateQuality(
  services: AgentServices,
  { customer_id, recommendation }: TaskOf<'validate'>,
): Promise<ResultOf<'validate'>> {
  const { preferences } = await services.orchestrator.context(customer_id);
  const result = await baselineOf(services, customer_id, recommendation.plan.deployment);
  return validated(judgeQuality(result, preferences.slo));
}
