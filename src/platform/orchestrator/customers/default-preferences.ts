import type { Preferences } from '../../../contracts/api/customers.ts';

/** What a customer starts with, until he says otherwise: the promises of the reference customer (Acme). */
export const DEFAULT_PREFERENCES: Preferences = {
  cost_priority: 0.5,
  performance_priority: 0.5,
  quality_priority: 0.5,
  never_touch_tags: [],
  minimum_on_demand_share: 0.25,
  always_require_approval: false,
  slo: {
    latency_ms_p95: 2_000,
    latency_ms_p99: 3_000,
    latency_ms_p95_degraded: 3_600,
    error_rate: 0.001,
    quality_score: 0.9,
  },
};
