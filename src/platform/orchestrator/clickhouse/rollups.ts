interface Grain {
  readonly suffix: 'minutes' | 'hours';
  readonly start: 'toStartOfMinute' | 'toStartOfHour';
  readonly days: number;
}
const GRAINS: readonly Grain[] = [
  { suffix: 'minutes', start: 'toStartOfMinute', days: 90 },
  { suffix: 'hours', start: 'toStartOfHour', days: 730 },
];

/** The target keeps a deduplication window too, so that a batch delivered again is not added twice to the sums. */
const target = (grain: Grain, name: string, key: string, columns: string): string => `
  CREATE TABLE IF NOT EXISTS optiinfra.${name}_${grain.suffix}
  (${columns})
  ENGINE = AggregatingMergeTree
  PARTITION BY toYYYYMM(at)
  ORDER BY (${key}, at)
  TTL at + INTERVAL ${String(grain.days)} DAY
  SETTINGS non_replicated_deduplication_window = 10000`;

const requests = (grain: Grain): readonly string[] => [
  target(
    grain,
    'request',
    'customer_id, deployment, instance_id, lifecycle',
    `customer_id String, deployment LowCardinality(String), instance_id LowCardinality(String),
     lifecycle LowCardinality(String), at DateTime('UTC'),
     requests SimpleAggregateFunction(sum, UInt64), errors SimpleAggregateFunction(sum, UInt64),
     input_tokens SimpleAggregateFunction(sum, UInt64), output_tokens SimpleAggregateFunction(sum, UInt64),
     latency_ms_quantiles AggregateFunction(quantilesTDigest(0.5, 0.95, 0.99), Float32),
     quality_sum SimpleAggregateFunction(sum, Float64), quality_samples SimpleAggregateFunction(sum, UInt64)`,
  ),
  `CREATE MATERIALIZED VIEW IF NOT EXISTS optiinfra.request_${grain.suffix}_view
   TO optiinfra.request_${grain.suffix} AS
   SELECT customer_id, deployment, instance_id, lifecycle, ${grain.start}(arrived_at) AS at,
     count() AS requests, countIf(status = 'error') AS errors,
     sum(toUInt64(input_tokens)) AS input_tokens, sum(toUInt64(output_tokens)) AS output_tokens,
     quantilesTDigestStateIf(0.5, 0.95, 0.99)(latency_ms, status = 'ok') AS latency_ms_quantiles,
     sum(ifNull(toFloat64(quality_score), 0)) AS quality_sum, count(quality_score) AS quality_samples
   FROM optiinfra.inference_requests
   GROUP BY customer_id, deployment, instance_id, lifecycle, at`,
];

const gpu = (grain: Grain): readonly string[] => [
  target(
    grain,
    'gpu',
    'customer_id, instance_id',
    `customer_id String, instance_id LowCardinality(String), at DateTime('UTC'),
     utilization_sum SimpleAggregateFunction(sum, Float64),
     utilization_max SimpleAggregateFunction(max, Float32),
     memory_utilization_sum SimpleAggregateFunction(sum, Float64),
     samples SimpleAggregateFunction(sum, UInt64)`,
  ),
  `CREATE MATERIALIZED VIEW IF NOT EXISTS optiinfra.gpu_${grain.suffix}_view
   TO optiinfra.gpu_${grain.suffix} AS
   SELECT customer_id, instance_id, ${grain.start}(at) AS at, sum(toFloat64(utilization)) AS utilization_sum,
     max(utilization) AS utilization_max, sum(toFloat64(memory_utilization)) AS memory_utilization_sum,
     count() AS samples
   FROM optiinfra.gpu_samples
   GROUP BY customer_id, instance_id, at`,
];

/** Sums and mergeable digests by minute and hour, filled by materialized views as the raw rows arrive. */
export const ROLLUPS: readonly string[] = GRAINS.flatMap((grain) => [...requests(grain), ...gpu(grain)]);
