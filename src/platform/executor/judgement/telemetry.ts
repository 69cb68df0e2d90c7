import type { ClickHouseClient } from '@clickhouse/client';

import { OptiInfraError } from '../../../support/errors.ts';
import type { LatencyPercentiles } from '../contract.ts';
import type { ArmSample, StageSample } from './decide.ts';

/** One judged window in world time; both arms closed. */
interface TelemetryQuestion {
  readonly customerId: string;
  readonly deployment: string;
  readonly canary: {
    readonly instanceIds: readonly string[];
    readonly fromMs: number;
    readonly toMs: number;
  };
  readonly control: {
    readonly instanceIds: readonly string[];
    readonly fromMs: number;
    readonly toMs: number;
  };
  /** Requests slower than these are counted. */
  readonly limitMsP95: number;
  readonly limitMsP99: number;
}
export interface TelemetryAnswer extends StageSample {
  /** Requests of the whole deployment in the canary's window. */
  readonly allRequests: number;
}
export interface InstanceTraffic {
  readonly requestsByInstance: Readonly<Record<string, number>>;
  readonly errorsByInstance: Readonly<Record<string, number>>;
  readonly scoredRequests: number;
  readonly meanQuality: number | null;
  /** Of answered requests; null where there was none. */
  readonly latencyMs: LatencyPercentiles | null;
}
/** What the executor reads from the per-request telemetry. */
export interface Telemetry {
  sample(question: TelemetryQuestion): Promise<TelemetryAnswer>;
  traffic(question: {
    customerId: string;
    deployment: string;
    fromMs: number;
    toMs: number;
  }): Promise<InstanceTraffic>;
  /** Arrival of the newest request in the store, world epoch milliseconds; null when there is none. */
  newestArrivalMs(question: { customerId: string; deployment: string }): Promise<number | null>;
  healthy(): Promise<void>;
}

const AT =
  'arrived_at >= fromUnixTimestamp64Milli({FROM:Int64}) AND arrived_at < fromUnixTimestamp64Milli({TO:Int64})';
const within = (from: string, to: string): string => AT.replace('FROM', from).replace('TO', to);
const IN_CANARY_WINDOW = `(${within('canary_from', 'canary_to')})`;
const IN_CONTROL_WINDOW = `(${within('control_from', 'control_to')})`;
const ARM = `multiIf(
  has({canary_ids:Array(String)}, instance_id) AND ${IN_CANARY_WINDOW}, 'canary',
  has({control_ids:Array(String)}, instance_id) AND ${IN_CONTROL_WINDOW}, 'control',
  'other')`;
const OF_DEPLOYMENT = 'customer_id = {customer_id:String} AND deployment = {deployment:String}';

const ARMS_QUERY = `
SELECT ${ARM} AS arm,
  toUInt32(count()) AS requests,
  toUInt32(countIf(status = 'error')) AS errors,
  toUInt32(countIf(${IN_CANARY_WINDOW})) AS in_canary_window,
  quantilesExactIf(0.5, 0.95, 0.99)(latency_ms, status = 'ok') AS latency,
  toUInt32(countIf(status = 'ok' AND latency_ms > {limit_p95:Float64})) AS over_p95,
  toUInt32(countIf(status = 'ok' AND latency_ms > {limit_p99:Float64})) AS over_p99,
  toUInt32(countIf(quality_score IS NOT NULL)) AS quality_samples,
  avg(quality_score) AS mean_quality,
  varSamp(quality_score) AS quality_variance
FROM optiinfra.inference_requests
WHERE ${OF_DEPLOYMENT} AND (${IN_CANARY_WINDOW} OR ${IN_CONTROL_WINDOW})
GROUP BY arm`;

/** `less`: the alternative is that the first sample (index 0, the control) is the faster one. */
const MANN_WHITNEY_QUERY = `
SELECT mannWhitneyUTest('less')(latency_ms, if(${ARM} = 'canary', 1, 0)).2 AS p_value
FROM optiinfra.inference_requests
WHERE ${OF_DEPLOYMENT} AND status = 'ok' AND ${ARM} != 'other'`;

const TRAFFIC_QUERY = `
SELECT instance_id, toUInt32(count()) AS requests, toUInt32(countIf(status = 'error')) AS errors,
  toUInt32(countIf(quality_score IS NOT NULL)) AS scored, sum(quality_score) AS quality_sum
FROM optiinfra.inference_requests
WHERE ${OF_DEPLOYMENT} AND ${within('from', 'to')}
GROUP BY instance_id`;

const PERCENTILES_QUERY = `
SELECT toUInt32(count()) AS answered, quantilesExact(0.5, 0.95, 0.99)(latency_ms) AS latency
FROM optiinfra.inference_requests
WHERE ${OF_DEPLOYMENT} AND status = 'ok' AND ${within('from', 'to')}`;

const NEWEST_QUERY = `
SELECT toUnixTimestamp64Milli(max(arrived_at)) AS newest, count() AS requests
FROM optiinfra.inference_requests WHERE ${OF_DEPLOYMENT}`;

interface ArmRow {
  arm: 'canary' | 'control' | 'other';
  requests: number;
  errors: number;
  in_canary_window: number;
  latency: (number | null)[];
  over_p95: number;
  over_p99: number;
  quality_samples: number;
  mean_quality: number | null;
  quality_variance: number | null;
}

interface TrafficRow {
  instance_id: string;
  requests: number;
  errors: number;
  scored: number;
  quality_sum: number | null;
}

export function createTelemetry(client: ClickHouseClient): Telemetry {
  const select = async <T>(query: string, query_params: Record<string, unknown>): Promise<T[]> => {
    try {
      const answer = await client.query({ query, query_params, format: 'JSONEachRow' });
      return await answer.json<T>();
    } catch (cause) {
      throw new OptiInfraError('DEPENDENCY_UNAVAILABLE', 'ClickHouse did not answer a judgement query', {
        cause,
      });
    }
  };
  return {
    sample: async (question) => {
      const parameters = parametersOf(question);
      const rows = await select<ArmRow>(ARMS_QUERY, parameters);
      const canary = armOf(rows, 'canary', question.canary.instanceIds);
      const control = armOf(rows, 'control', question.control.instanceIds);
      // The test refuses an empty sample, and then there is nothing to compare.
      const comparable = [canary, control].every((arm) => arm.requests > arm.errors);
      const [test] = comparable ? await select<{ p_value: number }>(MANN_WHITNEY_QUERY, parameters) : [];
      return {
        canary,
        control,
        latencyPValue: test?.p_value ?? null,
        allRequests: rows.reduce((sum, row) => sum + row.in_canary_window, 0),
      };
    },
    newestArrivalMs: async ({ customerId, deployment }) => {
      const [row] = await select<{ newest: string; requests: string }>(NEWEST_QUERY, {
        customer_id: customerId,
        deployment,
      });
      return row === undefined || Number(row.requests) === 0 ? null : Number(row.newest);
    },
    traffic: async ({ customerId, deployment, fromMs, toMs }) => {
      const parameters = { customer_id: customerId, deployment, from: whole(fromMs), to: whole(toMs) };
      const [rows, [all]] = await Promise.all([
        select<TrafficRow>(TRAFFIC_QUERY, parameters),
        select<{ answered: number; latency: number[] }>(PERCENTILES_QUERY, parameters),
      ]);
      const scoredRequests = rows.reduce((sum, row) => sum + row.scored, 0);
      const qualitySum = rows.reduce((sum, row) => sum + (row.quality_sum ?? 0), 0);
      return {
        requestsByInstance: Object.fromEntries(rows.map((row) => [row.instance_id, row.requests])),
        errorsByInstance: Object.fromEntries(rows.map((row) => [row.instance_id, row.errors])),
        scoredRequests,
        meanQuality: scoredRequests === 0 ? null : qualitySum / scoredRequests,
        latencyMs: all === undefined || all.answered === 0 ? null : percentilesOf(all.latency),
      };
    },
    healthy: async () => {
      const answer = await client.ping();
      if (!answer.success) throw answer.error;
    },
  };
}

function percentilesOf([p50, p95, p99]: readonly number[]): LatencyPercentiles | null {
  return p50 === undefined || p95 === undefined || p99 === undefined ? null : { p50, p95, p99 };
}

function parametersOf(question: TelemetryQuestion): Record<string, unknown> {
  return {
    customer_id: question.customerId,
    deployment: question.deployment,
    canary_ids: question.canary.instanceIds,
    canary_from: whole(question.canary.fromMs),
    canary_to: whole(question.canary.toMs),
    control_ids: question.control.instanceIds,
    control_from: whole(question.control.fromMs),
    control_to: whole(question.control.toMs),
    limit_p95: question.limitMsP95,
    limit_p99: question.limitMsP99,
  };
}

const whole = (ms: number): number => Math.round(ms);

function armOf(rows: readonly ArmRow[], name: ArmRow['arm'], instanceIds: readonly string[]): ArmSample {
  const row = rows.find(({ arm }) => arm === name);
  const answered = row === undefined ? 0 : row.requests - row.errors;
  const latency = row === undefined || answered === 0 ? [] : row.latency;
  const scored = row?.quality_samples ?? 0;
  return {
    instanceIds,
    requests: row?.requests ?? 0,
    errors: row?.errors ?? 0,
    latencyMsP50: latency[0] ?? null,
    latencyMsP95: latency[1] ?? null,
    latencyMsP99: latency[2] ?? null,
    overLatencyMsP95: row?.over_p95 ?? 0,
    overLatencyMsP99: row?.over_p99 ?? 0,
    qualitySamples: scored,
    meanQuality: scored === 0 ? null : (row?.mean_quality ?? null),
    qualityVariance: scored < 2 ? null : (row?.quality_variance ?? null),
  };
}
