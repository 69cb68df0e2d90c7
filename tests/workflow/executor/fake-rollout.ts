import type { EngineConfiguration } from '../../../src/contracts/api/customers.ts';
import type {
  ConfigurationPlan,
  MigrationPlan,
  StageJudgement,
} from '../../../src/contracts/api/recommendations.ts';
import type {
  MadeNode,
  NodeGroup,
  RolloutActivities,
  RolloutOrder,
  Slot,
  Snapshot,
  StageWindow,
} from '../../../src/platform/executor/contract.ts';

const scope = { deployment: 'vllm-prod-1', region: 'us-east-1', instance_type: 'p4d.24xlarge' } as const;
export const migration: MigrationPlan = {
  ...scope,
  kind: 'spot_migration',
  provider: 'aws',
  replace_instance_ids: ['a', 'b', 'c'],
  keep_instance_ids: ['d'],
  spot_nodes: [
    { zone: 'us-east-1a', usd_per_hour: 15 },
    { zone: 'us-east-1b', usd_per_hour: 15 },
    { zone: 'us-east-1c', usd_per_hour: 15 },
  ],
  fallback_zones: ['us-east-1d'],
  kept_on_demand_share: 0.25,
};
export const configuration: EngineConfiguration = {
  tensor_parallel_size: 8,
  kv_allocation: 'static',
  prefix_caching: false,
  scheduler: 'prefill_first',
  quantization: 'bf16',
  max_model_len: 8192,
  revision: 'main',
  chat_template: 'llama-3',
};
export const tuning: ConfigurationPlan = {
  ...scope,
  kind: 'configuration_change',
  provider: 'aws',
  instance_ids: ['a', 'b', 'c', 'd'],
  from: configuration,
  to: { ...configuration, kv_allocation: 'paged', prefix_caching: true, quantization: 'fp8' },
};

export const order: RolloutOrder = {
  optimizationId: 'opt_1',
  customerId: 'cus_1',
  deployment: 'vllm-prod-1',
  plan: migration,
  doors: [
    {
      provider: 'aws',
      region: 'us-east-1',
      account_id: '123456789012',
      roleArn: 'arn:aws:iam::123456789012:role/OptiInfraRole',
      serviceAccount: null,
    },
  ],
  lease: { optimization_id: 'opt_1', fencing_token: 7 },
  memberIds: ['a', 'b', 'c', 'd'],
  promisedSavingsUsdPerMonth: 55_000,
  minimumOnDemandShare: 0.25,
  slo: {
    latency_ms_p95: 2_000,
    latency_ms_p99: 3_000,
    latency_ms_p95_degraded: 3_600,
    error_rate: 0.001,
    quality_score: 0.9,
  },
  timeScale: 60,
};
const snapshot: Snapshot = {
  takenAtWorldMs: 1_000_000,
  instances: ['a', 'b', 'c', 'd'].map((instanceId) => ({ instanceId, lifecycle: 'on_demand' })),
  requestsByInstance: { a: 100, b: 100, c: 100, d: 100 },
  engineConfiguration: configuration,
  engineConfigurations: {},
  costUsdPerMonth: 120_000,
  requestsPerSecond: 45,
  meanQuality: 0.945,
  latencyMs: { p50: 819, p95: 1_604, p99: 2_059 },
  windowFromMs: 800_000,
  windowToMs: 920_000,
};

export function judgement(verdict: StageJudgement['verdict'], window: StageWindow): StageJudgement {
  const arm = (instance_ids: readonly string[]) => ({
    instance_ids,
    requests: window.requirement.requestsPerArm,
    errors: 0,
    latency_ms_p50: 800,
    latency_ms_p95: 1_600,
    latency_ms_p99: 2_000,
    mean_quality: 0.945,
  });
  return {
    verdict,
    reasons: [`said ${verdict}`],
    canary: arm(window.canary.instanceIds),
    control: arm(window.control.instanceIds),
    latency_p_value: 0.5,
    latency_ratio: 1,
    quality_drop: 0,
    quality_drop_upper: 0.01,
    error_rate_upper: 0.001,
    traffic_share: 0.1,
    window_started_at: '2026-11-22T00:00:00.000Z',
    window_ended_at: '2026-11-22T00:02:00.000Z',
  };
}

/** Which of the stages these weights are, told from what the first new node gets. */
function nameOf(weights: Readonly<Record<string, number>>): string {
  const share = Math.round(weights['s1'] ?? 0);
  return { 0: 'original', 10: 'canary', 17: 'half', 25: 'target' }[share] ?? `share ${String(share)}`;
}

const GROUP_LETTER: Readonly<Record<string, string>> = { new: 's', replacement: 'r' };
/** `s1` is the first new node, `s1'` the one that was made when it was lost; a stand-in of `a` is `A`. */
export function madeFor(group: NodeGroup, { slot, attempt }: Slot): MadeNode {
  const letter = GROUP_LETTER[group.name];
  const lost = group.name.replace('stand-in-', '');
  const id = letter === undefined ? lost.toUpperCase() : `${letter}${String(slot + 1)}`;
  return {
    instanceId: `${id}${"'".repeat(attempt)}`,
    zone: group.zones[slot] ?? '',
    lifecycle: group.lifecycle,
  };
}

/** Activities that only note what they were asked, in order; `change` replaces some of them. */
export function fakeActivities(
  note: (line: string) => void,
  change: Partial<RolloutActivities> = {},
): RolloutActivities {
  return {
    loadOrder: async () => order,
    takeSnapshot: async () => snapshot,
    reportStatus: async ({ status, result }) => {
      note(`status ${status}${result === null ? '' : ` (${result.reason})`}`);
    },
    beginStep: async () => ({
      startedAt: '2026-11-22T00:00:00.000Z',
      worldStartedAt: '2026-11-22T00:00:00.000Z',
    }),
    endStep: async ({ step, status }) => {
      note(`${step} ${status}`);
    },
    launchNodes: async ({ group, slots }) => {
      const nodes = slots.map((slot) => madeFor(group, slot));
      note(`launch ${nodes.map(({ instanceId }) => instanceId).join(' ')}`);
      return { nodes, evidence: {} };
    },
    awaitNodesReady: async () => ({ lostIds: [], evidence: {} }),
    shiftTraffic: async ({ weights }) => {
      note(`traffic ${nameOf(weights)}`);
      return { appliedAtWorldMs: 2_000_000, evidence: {} };
    },
    observeStage: async ({ window }) => ({ kind: 'judged', judgement: judgement('passed', window) }),
    observeIdle: async () => ({ idle: true, requests: 0, evidence: {} }),
    recheckPromise: async () => ({ holds: true, reason: 'promise holds', evidence: {} }),
    checkStaying: async () => ({ evidence: {} }),
    terminateNode: async ({ instanceId }) => {
      note(`terminate ${instanceId}`);
      return { state: 'terminated' };
    },
    awaitReclaimed: async () => ({ evidence: {} }),
    findGone: async () => [],
    // What is gone is lost as well.
    findLost: change.findGone ?? (async () => []),
    describeNodes: async ({ instanceIds }) =>
      instanceIds.map((instanceId) => ({
        instanceId,
        zone: 'us-east-1a',
        lifecycle: 'on_demand',
        instanceType: 'p4d.24xlarge',
        place: { provider: 'aws', region: 'us-east-1' },
      })),
    terminateMade: async ({ group }) => {
      note(`give back ${group.name}`);
      return { terminatedIds: [] };
    },
    measureOutcome: async () => ({ actualSavingsUsdPerMonth: 57_000, measured: {} }),
    verifyRestored: async () => ({ restored: true, differences: [], measured: {} }),
    ...change,
  };
}
