/**
 * How many recent insert tokens a table remembers: a batch delivered again within that many inserts is stored once.
 * At three or four batches a second this is some 40 minutes; PostgreSQL's `telemetry_batches` remembers the rest.
 */
const DEDUPLICATION_WINDOW = 10_000;

/**
 * Times in these tables are world times. ClickHouse deletes by its own wall clock, which world time runs ahead of,
 * so an expiry is never early.
 */
const table = (name: string, columns: string, order: string, at: string, days: number): string => `
  CREATE TABLE IF NOT EXISTS optiinfra.${name} (${columns})
  ENGINE = MergeTree
  PARTITION BY toYYYYMM(${at})
  ORDER BY (${order})
  TTL toDateTime(${at}) + INTERVAL ${String(days)} DAY
  SETTINGS non_replicated_deduplication_window = ${String(DEDUPLICATION_WINDOW)}`;

export const RAW_TABLES: readonly string[] = [
  table(
    'inference_requests',
    `customer_id String, deployment LowCardinality(String), instance_id LowCardinality(String),
     lifecycle LowCardinality(String), request_id String, arrived_at DateTime64(3, 'UTC'),
     input_tokens UInt32, output_tokens UInt32, cached_tokens UInt32, ttft_ms Float32, latency_ms Float32,
     status LowCardinality(String), error_reason LowCardinality(String), quality_score Nullable(Float32)`,
    'customer_id, arrived_at, request_id',
    'arrived_at',
    30,
  ),
  table(
    'engine_iterations',
    `customer_id String, deployment LowCardinality(String), instance_id LowCardinality(String),
     at DateTime64(3, 'UTC'), prefill_tokens UInt32, decoding_requests UInt32, duration_ms Float32`,
    'customer_id, at, instance_id',
    'at',
    14,
  ),
  table(
    'gpu_samples',
    `customer_id String, instance_id LowCardinality(String), at DateTime64(3, 'UTC'),
     utilization Float32, memory_utilization Float32`,
    'customer_id, at, instance_id',
    'at',
    30,
  ),
  table(
    'cost_samples',
    `customer_id String, at DateTime64(3, 'UTC'), monthly_cost_usd Float64, cost_rate_usd_per_hour Float64,
     on_demand_nodes UInt16, spot_nodes UInt16`,
    'customer_id, at',
    'at',
    730,
  ),
];
