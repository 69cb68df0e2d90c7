import type { Lifecycle } from '../../../contracts/api/common.ts';
import type { MetricType } from '../../../contracts/api/customers.ts';
import { METRIC_SOURCES } from './sources.ts';

export interface MetricQuery {
  readonly metricType: MetricType;
  /** World times, `start` inclusive, `end` exclusive. */
  readonly startMs: number;
  readonly endMs: number;
  /** World seconds a point, or one point for the whole range. */
  readonly resolution: number | 'all';
  readonly instanceIds?: readonly string[] | undefined;
  readonly lifecycle?: Lifecycle | undefined;
}

export interface BoundQuery {
  readonly query: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Points begin at the range's start, so that the same range always gives the same points. Without rows there is no point. */
export function buildMetricQuery(customerId: string, query: MetricQuery): BoundQuery {
  const source = METRIC_SOURCES[query.metricType];
  const stepMs = query.resolution === 'all' ? query.endMs - query.startMs : query.resolution * 1000;
  const filters = [
    'customer_id = {customer_id:String}',
    `${source.time} >= fromUnixTimestamp64Milli({start_ms:Int64}, 'UTC')`,
    `${source.time} < fromUnixTimestamp64Milli({end_ms:Int64}, 'UTC')`,
    source.where,
    ...(query.instanceIds === undefined ? [] : ['instance_id IN {instance_ids:Array(String)}']),
    ...(query.lifecycle === undefined ? [] : ['lifecycle = {lifecycle:String}']),
  ];
  return {
    query: `
      SELECT intDiv(toUnixTimestamp64Milli(${source.time}) - {start_ms:Int64}, {step_ms:Int64}) AS slot,
             toFloat64(${source.value}) AS value, toUInt32(${source.samples}) AS samples
      FROM optiinfra.${source.table}
      WHERE ${filters.join(' AND ')}
      GROUP BY slot ORDER BY slot`,
    params: {
      customer_id: customerId,
      start_ms: query.startMs,
      end_ms: query.endMs,
      step_ms: stepMs,
      seconds: stepMs / 1000,
      ...(query.instanceIds === undefined ? {} : { instance_ids: query.instanceIds }),
      ...(query.lifecycle === undefined ? {} : { lifecycle: query.lifecycle }),
    },
  };
}
