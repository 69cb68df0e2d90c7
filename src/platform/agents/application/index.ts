import type { AgentDefinition } from '../kit/agent.ts';
import { windowOf } from '../kit/observation/observe-deployment.ts';
import { validated } from '../kit/opinion.ts';
import type { AgentServices } from '../kit/services.ts';
import type { ResultOf, TaskOf } from '../kit/tasks/task-routes.ts';
import { analyzeQuality } from './analyze.ts';
import { establishBaseline, type Baseline } from './baseline.ts';
import { differences } from '../../kit/configuration-differences.ts';
import { judgePlan, type QualityEvidence } from './opinion.ts';

/** World time over which the quality of traffic is taken. */
const QUALITY_WINDOW_MS = 60 * 60_000;

/** Answer quality: what it was, whether it still is, and whether a change would keep it. */
export const applicationAgent: AgentDefinition = {
  type: 'application',
  capabilities: ['quality_baseline', 'regression_detection', 'quality_rollback', 'quality_opinion'],
  handlers: (services) => ({
    analyze: (task) => analyzeQuality(services, task),
    validate: (task) => validateQuality(services, task),
  }),
};

async function validateQuality(
  services: AgentServices,
  { customer_id, recommendation }: TaskOf<'validate'>,
): Promise<ResultOf<'validate'>> {
  const { preferences } = await services.orchestrator.context(customer_id);
  const evidence = await gatherEvidence(services, customer_id, recommendation.plan.deployment);
  return validated(judgePlan(recommendation.plan, evidence, preferences.slo));
}

async function gatherEvidence(
  services: AgentServices,
  customerId: string,
  deployment: string,
): Promise<QualityEvidence> {
  const window = windowOf(services.clock, customerId, deployment, QUALITY_WINDOW_MS);
  const [seen, requests, golden] = await Promise.all([
    services.telemetry.quality(window),
    services.telemetry.requests(window),
    goldenBaseline(services, customerId, deployment),
  ]);
  return {
    traffic: establishBaseline(deployment, seen),
    answers: requests === null ? 0 : requests.requests - requests.errors,
    golden,
  };
}

/** The golden baseline, if it was taken with the configuration that runs now. */
async function goldenBaseline(
  { quality, orchestrator }: AgentServices,
  customerId: string,
  deployment: string,
): Promise<Baseline | null> {
  const { deployments } = await orchestrator.context(customerId);
  const present = deployments.find(({ name }) => name === deployment)?.engine_configuration;
  const newest = await quality.baseline(customerId, deployment);
  if (newest === null || present === undefined) return null;
  if (differences(newest.engine_configuration, present).length > 0) return null;
  const { id: _, ...baseline } = newest.baseline;
  return baseline;
}
