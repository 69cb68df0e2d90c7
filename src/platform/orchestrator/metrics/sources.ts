import type { MetricType } from '../../../contracts/api/customers.ts';

/** Where a metric is read and how one point of it is computed. Every number of a point comes from raw rows: percentiles are exact. */
export interface MetricSource {
  readonly unit: string;
  readonly table: 'inference_requests' | 'gpu_samples' | 'cost_samples';
  readonly time: 'arrived_at' | 'at';
  /** Aggregate of the rows of a point. */
  readonly value: string;
  /** Rows the value rests on. */
  readonly samples: string;
  /** Only these rows count. */
  readonly where: string;
}

const requests = (unit: string, value: string, where = 'true', samples = 'count()'): MetricSource => ({
  unit,
  table: 'inference_requests',
  time: 'arrived_at',
  value,
  samples,
  where,
});
const cost = (unit: string, value: string): MetricSource => ({
  unit,
  table: 'cost_samples',
  time: 'at',
  value,
  samples: 'count()',
  where: 'true',
});

const SUCCEEDED = `status = 'ok'`;

export const METRIC_SOURCES: Readonly<Record<MetricType, MetricSource>> = {
  // The last reading of the point: a bill is a state, not a mean over the change of a fleet.
  monthly_cost: cost('usd_per_month', 'argMax(monthly_cost_usd, at)'),
  cost_rate: cost('usd_per_hour', 'argMax(cost_rate_usd_per_hour, at)'),
  quality_score: requests('score', 'avg(quality_score)', 'quality_score IS NOT NULL'),
  latency_p50: requests('ms', 'quantileExactInclusive(0.5)(latency_ms)', SUCCEEDED),
  latency_p95: requests('ms', 'quantileExactInclusive(0.95)(latency_ms)', SUCCEEDED),
  latency_p99: requests('ms', 'quantileExactInclusive(0.99)(latency_ms)', SUCCEEDED),
  throughput: requests('requests_per_second', 'count() / {seconds:Float64}'),
  error_rate: requests('share', `countIf(status = 'error') / count()`),
  gpu_utilization: {
    unit: 'share',
    table: 'gpu_samples',
    time: 'at',
    value: 'avg(utilization)',
    samples: 'count()',
    where: 'true',
  },
};
