import type { ClickHouseClient, ClickHouseSettings } from '@clickhouse/client';

import type { TelemetryBatch } from '../../../contracts/api/agent-runtime.ts';
import type { Lifecycle } from '../../../contracts/api/common.ts';
import { OptiInfraError } from '../../../support/errors.ts';
import type { CostOfFleet } from '../inventory/cost.ts';

const REQUEST_COLUMNS = [
  'customer_id',
  'deployment',
  'instance_id',
  'lifecycle',
  'request_id',
  'arrived_at',
  'input_tokens',
  'output_tokens',
  'cached_tokens',
  'ttft_ms',
  'latency_ms',
  'status',
  'error_reason',
  'quality_score',
  'request_bytes',
  'response_bytes',
] as const;
const ITERATION_COLUMNS = [
  'customer_id',
  'deployment',
  'instance_id',
  'at',
  'prefill_tokens',
  'decoding_requests',
  'duration_ms',
] as const;
const GPU_COLUMNS = ['customer_id', 'instance_id', 'at', 'utilization', 'memory_utilization'] as const;
const COST_COLUMNS = [
  'customer_id',
  'at',
  'monthly_cost_usd',
  'cost_rate_usd_per_hour',
  'on_demand_nodes',
  'spot_nodes',
] as const;

/** DateTime64 reads a JSON number as seconds with a fraction. */
const seconds = (ms: number): number => ms / 1000;

/** Lifecycle of a node that no inventory has named yet: stored as unknown rather than guessed or lost. */
const UNKNOWN_LIFECYCLE = 'unknown';

/**
 * Writes a batch, table by table. Each insert carries the batch id as its token: when the process dies half-way and the
 * batch comes again, what was stored is skipped by ClickHouse, the rollups included, and the rest is added.
 */
export async function insertBatch(
  clickhouse: ClickHouseClient,
  customerId: string,
  batch: TelemetryBatch,
  lifecycles: ReadonlyMap<string, Lifecycle>,
): Promise<void> {
  const token = `${customerId}/${batch.batch_id}`;
  const { deployment } = batch;
  await insertRows(clickhouse, 'inference_requests', REQUEST_COLUMNS, token, batch.requests, (r) => [
    customerId,
    deployment,
    r.instance_id,
    lifecycles.get(r.instance_id) ?? UNKNOWN_LIFECYCLE,
    r.request_id,
    seconds(r.arrived_at_ms),
    r.input_tokens,
    r.output_tokens,
    r.cached_tokens,
    r.ttft_ms,
    r.latency_ms,
    r.status,
    r.error_reason ?? '',
    r.quality_score,
    r.request_bytes ?? null,
    r.response_bytes ?? null,
  ]);
  await insertRows(clickhouse, 'engine_iterations', ITERATION_COLUMNS, token, batch.iterations, (i) => [
    customerId,
    deployment,
    i.instance_id,
    seconds(i.at_ms),
    i.prefill_tokens,
    i.decoding_requests,
    i.duration_ms,
  ]);
  await insertRows(clickhouse, 'gpu_samples', GPU_COLUMNS, token, batch.gpu, (g) => [
    customerId,
    g.instance_id,
    seconds(g.at_ms),
    g.utilization,
    g.memory_utilization,
  ]);
}

export async function insertCostSample(
  clickhouse: ClickHouseClient,
  customerId: string,
  observedAtMs: number,
  cost: CostOfFleet,
): Promise<void> {
  const token = `${customerId}/${String(observedAtMs)}`;
  await insertRows(clickhouse, 'cost_samples', COST_COLUMNS, token, [cost], (c) => [
    customerId,
    seconds(observedAtMs),
    c.monthlyCostUsd,
    c.costRateUsdPerHour,
    c.onDemandNodes,
    c.spotNodes,
  ]);
}

async function insertRows<T>(
  clickhouse: ClickHouseClient,
  table: string,
  columns: readonly string[],
  token: string,
  records: readonly T[],
  toRow: (record: T) => unknown[],
): Promise<void> {
  if (records.length === 0) return;
  const settings: ClickHouseSettings = {
    insert_deduplicate: 1,
    insert_deduplication_token: token,
    deduplicate_blocks_in_dependent_materialized_views: 1,
    async_insert: 0,
  };
  await clickhouse
    .insert({
      table: `optiinfra.${table}`,
      columns: [...columns] as [string, ...string[]],
      values: records.map(toRow),
      format: 'JSONCompactEachRow',
      clickhouse_settings: settings,
    })
    .catch((error: unknown) => {
      throw new OptiInfraError('DEPENDENCY_UNAVAILABLE', `ClickHouse did not take ${table}.`, {
        cause: error,
      });
    });
}
