import type { GoldenAnswer, GoldenResults } from '../../../src/contracts/api/agent-runtime.ts';
import type { GoldenBaselineRequest, GoldenRunStatus } from '../../../src/contracts/api/orchestration.ts';
import type { QualityBaseline } from '../../../src/contracts/api/recommendations.ts';
import { inventory, instance, NODES, START_MS } from './flow-data.ts';
import type { FlowRig, TestCustomer } from './flow-rig.ts';

/** A customer whose runtime has reported one deployment of four nodes. */
export interface ServedCustomer extends TestCustomer {
  readonly runtime: string;
}

export const ENGINE = inventory(START_MS, []).deployments[0]!.engine_configuration;

export async function servedCustomer(rig: FlowRig): Promise<ServedCustomer> {
  const customer = await rig.customer();
  const runtime = await rig.connectRuntime(customer);
  await discover(rig, runtime, 0);
  return { ...customer, runtime };
}

/** One inventory, `minute` world minutes after the first. */
export async function discover(
  rig: FlowRig,
  runtime: string,
  minute: number,
  changes: Partial<typeof ENGINE> = {},
): Promise<void> {
  const seen = inventory(
    START_MS + minute * 60_000,
    NODES.map((id) => instance(id)),
  );
  const deployments = seen.deployments.map((one) => ({
    ...one,
    engine_configuration: { ...one.engine_configuration, ...changes },
  }));
  await rig.expect(200, 'POST', '/agent-runtime/discover', runtime, { ...seen, deployments });
}

export function goldenAnswers(count: number, score = 0.95): readonly GoldenAnswer[] {
  return Array.from({ length: count }, (_none, index) => ({
    prompt_id: `golden-${String(index).padStart(3, '0')}`,
    instance_id: NODES[index % NODES.length]!,
    answered_at_ms: START_MS + index,
    latency_ms: 400,
    quality_score: score + (index % 2 === 0 ? 0.02 : -0.02),
  }));
}

export async function order(rig: FlowRig, customerId: string, prompts = 4): Promise<GoldenRunStatus> {
  const path = `/internal/customers/${customerId}/golden-runs`;
  const body = { deployment: 'vllm-prod-1', prompts };
  const answer = await rig.expect(201, 'POST', path, rig.secrets.agentKey, body);
  return answer.body as unknown as GoldenRunStatus;
}

export async function post(rig: FlowRig, runtime: string, results: GoldenResults): Promise<number> {
  return (await rig.call('POST', '/agent-runtime/golden-results', runtime, results)).status;
}

/** A run of this customer, ordered and answered. */
export async function answeredRun(rig: FlowRig, customer: ServedCustomer, score = 0.95): Promise<string> {
  const { golden_run_id } = await order(rig, customer.id);
  await post(rig, customer.runtime, { golden_run_id, answers: goldenAnswers(4, score), problem: null });
  return golden_run_id;
}

export function baselineOf(
  goldenRunId: string,
  changes: Partial<QualityBaseline> = {},
): GoldenBaselineRequest {
  return {
    deployment: 'vllm-prod-1',
    engine_configuration: ENGINE,
    baseline: {
      mean_score: 0.95,
      interval: { low: 0.92, high: 0.98 },
      standard_deviation: 0.02,
      sample_size: 4,
      source: 'golden_prompts',
      golden_run_id: goldenRunId,
      ...changes,
    },
  };
}
