import type { OptimizationPlan, PlanKind } from '../../../../../src/contracts/api/recommendations.ts';
import type { Party } from '../../../../../src/platform/orchestrator/conflicts/detection.ts';

const CONFIGURATION = {
  tensor_parallel_size: 8,
  kv_allocation: 'static',
  prefix_caching: false,
  scheduler: 'prefill_first',
  quantization: 'bf16',
  max_model_len: 8192,
  revision: 'main',
  chat_template: 'llama-3',
} as const;
const NODE = { zone: 'us-east-1a', usd_per_hour: 15 };

/** A plan of each kind on one deployment, with nodes of its own deployment. */
export function planOf(kind: PlanKind, deployment = 'd'): OptimizationPlan {
  const scope = {
    deployment,
    provider: 'aws',
    region: 'us-east-1',
    instance_type: 'p4d.24xlarge',
  } as const;
  const [one, two] = [`${deployment}-1`, `${deployment}-2`];
  const migration = {
    ...scope,
    kind: 'spot_migration',
    replace_instance_ids: [two],
    keep_instance_ids: [one],
    spot_nodes: [NODE],
    fallback_zones: [],
    kept_on_demand_share: 0.5,
  } as const;
  const change = {
    ...scope,
    kind: 'configuration_change',
    instance_ids: [one, two],
    from: CONFIGURATION,
    to: { ...CONFIGURATION, kv_allocation: 'paged' },
  } as const;
  switch (kind) {
    case 'spot_migration':
      return migration;
    case 'configuration_change':
      return change;
    case 'scale_in':
      return {
        ...scope,
        kind,
        reason: 'over_provisioned',
        retire_instance_ids: [two],
        keep_instance_ids: [one],
      };
    case 'placement':
      return {
        ...scope,
        kind,
        replace_instance_ids: [one, two],
        keep_instance_ids: [],
        target: {
          provider: 'gcp',
          region: 'us-central1',
          instance_type: 'a2-ultragpu-8g',
          lifecycle: 'on_demand',
          nodes: [NODE],
        },
        transfer: { gb_per_month: 1, usd_per_month: 1 },
      };
    case 'replacement':
      return { ...scope, kind, lost_instance_id: two, spot_zones: [], on_demand_zone: 'us-east-1a' };
    case 'hybrid':
      return { ...scope, kind, parts: [change, migration], recommendation_ids: ['a', 'b'] };
  }
}

export function party(id: string, kind: PlanKind, changes: Partial<Party> = {}): Party {
  return {
    id,
    agent_type: 'cost',
    plan: planOf(kind),
    estimated_savings: 1_000,
    confidence: 0.9,
    risk_level: 'medium',
    depends_on: [],
    validations: [],
    ...changes,
  };
}

export const veto = (agentType: 'application' | 'performance', reason: string): Party['validations'] => [
  {
    agent_type: agentType,
    agent_id: 'agt_1',
    verdict: 'veto',
    approved: false,
    reasons: [reason],
    condition: null,
    figures: {},
    baseline: null,
    at: '2026-11-22T00:00:00.000Z',
  },
];
