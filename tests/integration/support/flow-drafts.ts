import type { AgentType } from '../../../src/contracts/api/common.ts';
import type {
  AgentTask,
  AgentTaskResult,
  ExecutionOrder,
  RecommendationDraft,
} from '../../../src/contracts/api/orchestration.ts';
import type { OpinionVerdict } from '../../../src/contracts/api/recommendations.ts';
import { AgentStub } from './agent-stub.ts';
import type { FlowRig, TestCustomer } from './flow-rig.ts';

/** What agents would say, well-formed unless a test bends it. */
export function draft(changes: Partial<RecommendationDraft> = {}): RecommendationDraft {
  return {
    type: 'spot_migration',
    title: 'Move three of four nodes to spot',
    confidence: 0.9,
    risk_level: 'medium',
    reasons: ['Spot is 64 % cheaper in two zones.'],
    plan: {
      kind: 'spot_migration',
      deployment: 'vllm-prod-1',
      provider: 'aws',
      region: 'us-east-1',
      instance_type: 'p4d.24xlarge',
      replace_instance_ids: ['i-2', 'i-3', 'i-4'],
      keep_instance_ids: ['i-1'],
      spot_nodes: [{ zone: 'us-east-1a', usd_per_hour: 15 }],
      fallback_zones: ['us-east-1b'],
      kept_on_demand_share: 0.25,
    },
    forecast: {
      cost_before_usd_per_month: 120_000,
      cost_after_usd_per_month: 64_582,
      raw_savings_usd_per_month: 55_418,
      savings_usd_per_month: 55_418,
      low_usd_per_month: 41_000,
      high_usd_per_month: 55_500,
      inputs: { on_demand_usd_per_hour: 41.1 },
      patterns: [],
      latency: null,
    },
    ...changes,
  };
}

function opinion(verdict: OpinionVerdict, baseline = false): AgentTaskResult {
  return {
    type: 'validate',
    validation: {
      verdict,
      reasons: [`Computed: ${verdict}`],
      condition: verdict === 'approve_with_condition' ? 'Keep one node on demand.' : null,
      figures: { sample_size: 500 },
      baseline: baseline
        ? {
            mean_score: 0.95,
            interval: { low: 0.94, high: 0.96 },
            standard_deviation: 0.08,
            sample_size: 500,
            source: 'traffic',
            golden_run_id: null,
          }
        : null,
    },
  };
}

const NOTED: AgentTaskResult = { type: 'resolution_executed', acknowledged: true };

export interface Verdicts {
  performance: OpinionVerdict;
  application: OpinionVerdict;
  resource: OpinionVerdict;
}

/** The four agents of a cast whose lines a test may change. */
export class Cast implements AsyncDisposable {
  readonly verdicts: Verdicts = { performance: 'approve', application: 'approve', resource: 'approve' };
  drafts: readonly RecommendationDraft[] = [draft()];
  /** What the other three recommend when they are asked. */
  draftsOf: Partial<Readonly<Record<keyof Verdicts, readonly RecommendationDraft[]>>> = {};
  negotiation: Extract<AgentTaskResult, { type: 'negotiate' }> = {
    type: 'negotiate',
    hybrid: null,
    reasons: ['No hybrid holds.'],
  };
  readonly agents: Readonly<Record<'cost' | keyof Verdicts, AgentStub>>;

  private constructor(agents: Cast['agents']) {
    this.agents = agents;
  }

  static async start(rig: FlowRig): Promise<Cast> {
    const silent = () => 'hang' as const;
    const start = (type: 'cost' | keyof Verdicts) => AgentStub.start(rig, type, silent);
    const cast = new Cast({
      cost: await start('cost'),
      performance: await start('performance'),
      application: await start('application'),
      resource: await start('resource'),
    });
    cast.agents.cost.handle = (task) => cast.#cost(task);
    for (const type of ['performance', 'application', 'resource'] as const) {
      cast.agents[type].handle = (task) => cast.#judge(type, task);
    }
    return cast;
  }

  #cost(task: AgentTask): AgentTaskResult {
    if (task.type === 'learn') return { type: 'learn', pattern_id: 'pattern-1', features: [1, 2, 3] };
    if (task.type === 'resolution_executed') return NOTED;
    if (task.type === 'validate') return opinion('approve');
    return { type: 'analyze', recommendations: this.drafts, findings: [] };
  }

  #judge(type: keyof Verdicts, task: AgentTask): AgentTaskResult {
    switch (task.type) {
      case 'resolution_executed':
        return NOTED;
      case 'analyze':
        return { type: 'analyze', recommendations: this.draftsOf[type] ?? [], findings: [] };
      case 'negotiate':
        return this.negotiation;
      case 'learn':
      case 'validate':
        return opinion(this.verdicts[type], type === 'application');
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const agent of Object.values(this.agents)) await agent[Symbol.asyncDispose]();
  }
}

/** Asks an agent and returns the id of what it recommended. */
export async function recommend(
  rig: FlowRig,
  customer: TestCustomer,
  agentType: AgentType = 'cost',
): Promise<string> {
  const path = `/customers/${customer.id}/analyze`;
  const started = await rig.expect(202, 'POST', path, customer.token, { agent_type: agentType });
  return rig.eventually('a recommendation', async () => {
    const [row] = await rig.rows<{ id: string }>('SELECT id FROM recommendations WHERE analysis_id = $1', [
      started.body.analysis_id,
    ]);
    return row?.id;
  });
}

export async function inStatus(rig: FlowRig, recommendationId: string, status: string): Promise<void> {
  await rig.eventually(`${recommendationId} ${status}`, async () => {
    const [row] = await rig.rows('SELECT 1 FROM recommendations WHERE id = $1 AND status = $2', [
      recommendationId,
      status,
    ]);
    return row;
  });
}

/** A recommendation of the cost agent for one deployment, approved by the customer. */
export async function approve(
  rig: FlowRig,
  customer: TestCustomer,
  recommendationId: string,
): Promise<string> {
  await inStatus(rig, recommendationId, 'validated');
  const path = `/recommendations/${recommendationId}/approve`;
  return (await rig.expect(200, 'POST', path, customer.token, { reason: 'Go.' })).body.optimization_id;
}

/** The order as the executor reads it, once the optimization was handed out; it then holds its deployment. */
export async function handedOut(rig: FlowRig, optimizationId: string): Promise<ExecutionOrder> {
  await rig.eventually(`the delivery of ${optimizationId}`, async () => {
    const [row] = await rig.rows('SELECT 1 FROM optimizations WHERE id = $1 AND delivered_at IS NOT NULL', [
      optimizationId,
    ]);
    return row;
  });
  const path = `/internal/optimizations/${optimizationId}`;
  const answer = await rig.expect(200, 'GET', path, rig.secrets.serviceKey);
  return answer.body as unknown as ExecutionOrder;
}

/** What the executor says of an optimization as a whole. */
export async function report(rig: FlowRig, optimizationId: string, status: string): Promise<void> {
  const ended = !['executing', 'rolling_back', 'awaiting_decision'].includes(status);
  const result = {
    success: status === 'completed',
    reason: 'as the test says',
    original_state_restored: status === 'rolled_back' ? true : null,
    differences: [],
    measured: {},
  };
  const path = `/internal/optimizations/${optimizationId}/status`;
  await rig.expect(204, 'PUT', path, rig.secrets.serviceKey, {
    status,
    result: ended ? result : null,
    actual_savings: null,
  });
}
