import type { StageJudgement } from '../../../src/contracts/api/recommendations.ts';
import type {
  RolloutActivities,
  RolloutOrder,
  Snapshot,
  SpotNode,
  StageWindow,
} from '../../../src/platform/executor/contract.ts';

export const order: RolloutOrder = {
  optimizationId: 'opt_1',
  customerId: 'cus_1',
  accountId: '123456789012',
  roleArn: 'arn:aws:iam::123456789012:role/OptiInfraRole',
  region: 'us-east-1',
  deployment: 'vllm-prod-1',
  instanceType: 'p4d.24xlarge',
  retiringIds: ['a', 'b', 'c'],
  keptIds: ['d'],
  spotNodes: [
    { zone: 'us-east-1a', usdPerHour: 15 },
    { zone: 'us-east-1b', usdPerHour: 15 },
    { zone: 'us-east-1c', usdPerHour: 15 },
  ],
  fallbackZones: ['us-east-1d'],
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
const nodes: readonly SpotNode[] = [
  { instanceId: 's1', zone: 'us-east-1a' },
  { instanceId: 's2', zone: 'us-east-1b' },
  { instanceId: 's3', zone: 'us-east-1c' },
];
const snapshot: Snapshot = {
  takenAtWorldMs: 1_000_000,
  instances: ['a', 'b', 'c', 'd'].map((instanceId) => ({ instanceId, lifecycle: 'on_demand' })),
  requestsByInstance: { a: 100, b: 100, c: 100, d: 100 },
  engineConfiguration: {
    tensor_parallel_size: 8,
    kv_allocation: 'static',
    prefix_caching: false,
    scheduler: 'prefill_first',
    quantization: 'bf16',
    max_model_len: 8192,
    revision: 'main',
    chat_template: 'llama-3',
  },
  costUsdPerMonth: 120_000,
  requestsPerSecond: 45,
  meanQuality: 0.945,
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
    launchSpotNodes: async () => {
      note('launch');
      return { nodes, evidence: {} };
    },
    awaitNodesReady: async () => ({ evidence: {} }),
    shiftTraffic: async ({ weights }) => {
      note(`traffic ${nameOf(weights)}`);
      return { appliedAtWorldMs: 2_000_000, evidence: {} };
    },
    observeStage: async ({ window }) => judgement('passed', window),
    recheckPromise: async () => ({ holds: true, reason: 'promise holds', evidence: {} }),
    terminateOnDemand: async () => {
      note('terminate on demand');
      return { evidence: {} };
    },
    findGone: async () => [],
    terminateSpotNodes: async () => {
      note('terminate spot');
      return { terminatedIds: [] };
    },
    measureOutcome: async () => ({ actualSavingsUsdPerMonth: 57_000, measured: {} }),
    verifyRestored: async () => ({ restored: true, differences: [], measured: {} }),
    ...change,
  };
}
