/**
 * One view a raw table fills both grains: every view costs an insert a query plan and a part of its own, and at four
 * batches a second that, not the rows, is what the engine spends its time on.
 */
const GRAIN = `ARRAY JOIN ['minute', 'hour'] AS grain`;
const startOf = (time: string): string =>
  `if(grain = 'minute', toStartOfMinute(${time}), toStartOfHour(${time})) AS at`;

/** The target keeps a deduplication window too, so that a batch delivered again is not added twice to the sums. */
const target = (name: string, key: string, columns: string): string => `
  CREATE TABLE IF NOT EXISTS optiinfra.${name}_rollups
  (grain LowCardinality(String), at DateTime('UTC'), ${columns})
  ENGINE = AggregatingMergeTree
  PARTITION BY toYYYYMM(at)
  ORDER BY (grain, ${key}, at)
  TTL at + INTERVAL 90 DAY DELETE WHERE grain = 'minute', at + INTERVAL 730 DAY DELETE WHERE grain = 'hour'
  SETTINGS non_replicated_deduplication_window = 10000`;

const byGrain = (name: string): readonly string[] =>
  ['minute', 'hour'].map(
    (grain) => `CREATE VIEW IF NOT EXISTS optiinfra.${name}_${grain}s AS
      SELECT * EXCEPT (grain) FROM optiinfra.${name}_rollups WHERE grain = '${grain}'`,
  );

const requests: readonly string[] = [
  target(
    'request',
    'customer_id, deployment, instance_id, lifecycle',
    `customer_id String, deployment LowCardinality(String), instance_id LowCardinality(String),
     lifecycle LowCardinality(String),
     requests SimpleAggregateFunction(sum, UInt64), errors SimpleAggregateFunction(sum, UInt64),
     input_tokens SimpleAggregateFunction(sum, UInt64), output_tokens SimpleAggregateFunction(sum, UInt64),
     latency_ms_quantiles AggregateFunction(quantilesTDigest(0.5, 0.95, 0.99), Float32),
     quality_sum SimpleAggregateFunction(sum, Float64), quality_samples SimpleAggregateFunction(sum, UInt64)`,
  ),
  `CREATE MATERIALIZED VIEW IF NOT EXISTS optiinfra.request_rollups_view TO optiinfra.request_rollups AS
   SELECT grain, ${startOf('arrived_at')}, customer_id, deployment, instance_id, lifecycle,
     count() AS requests, countIf(status = 'error') AS errors,
     sum(toUInt64(input_tokens)) AS input_tokens, sum(toUInt64(output_tokens)) AS output_tokens,
     quantilesTDigestStateIf(0.5, 0.95, 0.99)(latency_ms, status = 'ok') AS latency_ms_quantiles,
     sum(ifNull(toFloat64(quality_score), 0)) AS quality_sum, count(quality_score) AS quality_samples
   FROM optiinfra.inference_requests ${GRAIN}
   GROUP BY grain, at, customer_id, deployment, instance_id, lifecycle`,
  ...byGrain('request'),
];

const gpu: readonly string[] = [
  target(
    'gpu',
    'customer_id, instance_id',
    `customer_id String, instance_id LowCardinality(String),
     utilization_sum SimpleAggregateFunction(sum, Float64),
     utilization_max SimpleAggregateFunction(max, Float32),
     memory_utilization_sum SimpleAggregateFunction(sum, Float64),
     samples SimpleAggregateFunction(sum, UInt64)`,
  ),
  `CREATE MATERIALIZED VIEW IF NOT EXISTS optiinfra.gpu_rollups_view TO optiinfra.gpu_rollups AS
   SELECT grain, ${startOf('gpu_samples.at')}, customer_id, instance_id,
     sum(toFloat64(utilization)) AS utilization_sum, max(utilization) AS utilization_max,
     sum(toFloat64(memory_utilization)) AS memory_utilization_sum, count() AS samples
   FROM optiinfra.gpu_samples ${GRAIN}
   GROUP BY grain, at, customer_id, instance_id`,
  ...byGrain('gpu'),
];

/** Sums and mergeable digests by minute and hour, filled by materialized views as the raw rows arrive. */
export const ROLLUPS: readonly string[] = [...requests, ...gpu];
