import { z } from 'zod';

import { OptiInfraError } from '../../../../support/errors.ts';
import * as queries from './queries.ts';
import type { Telemetry, TelemetryWindow } from './types.ts';
import { readQuality, readRequests, readTokens, requestRow } from './rows.ts';

/** Runs one parametrised SELECT and returns its rows. */
export type RunQuery = (
  query: string,
  parameters: Readonly<Record<string, unknown>>,
) => Promise<readonly unknown[]>;

const count = z.coerce.number();
const iterationRow = z.object({ prefill_tokens: count, decoding_requests: count, duration_ms: count });
const demandRow = z.object({ minutes: count, requests: count, rate_p95: count.nullable() });
const gpuRow = z.object({
  samples: count,
  mean: count.nullable(),
  p95: count.nullable(),
  memory_mean: count.nullable(),
  first_ms: count,
});

export function createTelemetry(run: RunQuery): Telemetry {
  const one = async <T>(
    schema: z.ZodType<T>,
    query: string,
    parameters: Record<string, unknown>,
  ): Promise<T> => parse(schema, (await run(query, parameters))[0]);
  return {
    requests: async (window) => {
      const [row] = await run(queries.REQUESTS, parametersOf(window));
      const requests = readRequests(parse(requestRow, row));
      return requests === null ? null : { ...requests, ...readTokens(row) };
    },
    requestsBy: async (window, by) => {
      const rows = await run(queries.REQUESTS_BY[by], parametersOf(window));
      return new Map(
        rows.flatMap((row) => {
          const statistics = readRequests(parse(requestRow, row));
          return statistics === null ? [] : [[parse(z.object({ key: z.string() }), row).key, statistics]];
        }),
      );
    },
    quality: async (window) => readQuality((await run(queries.QUALITY, parametersOf(window)))[0]),
    iterations: async (window, instanceIds, limit) => {
      const parameters = { ...parametersOf(window), instance_ids: instanceIds, limit };
      const rows = parse(z.array(iterationRow), await run(queries.ITERATIONS, parameters));
      return rows.map((row) => ({
        prefillTokens: row.prefill_tokens,
        decodingRequests: row.decoding_requests,
        durationMs: row.duration_ms,
      }));
    },
    demand: async (window) => {
      const row = await one(demandRow, queries.DEMAND, parametersOf(window));
      return row.rate_p95 === null || row.minutes === 0
        ? null
        : { minutes: row.minutes, requests: row.requests, requestsPerSecondP95: row.rate_p95 };
    },
    gpu: async (window, instanceIds) => {
      const parameters = { ...parametersOf(window), instance_ids: instanceIds };
      const row = await one(gpuRow, queries.GPU, parameters);
      if (row.samples === 0 || row.mean === null || row.p95 === null || row.memory_mean === null) return null;
      return {
        samples: row.samples,
        utilizationMean: row.mean,
        utilizationP95: row.p95,
        memoryUtilizationMean: row.memory_mean,
        firstSampleMs: row.first_ms,
      };
    },
  };
}

function parametersOf(window: TelemetryWindow): Record<string, unknown> {
  return {
    customer_id: window.customerId,
    deployment: window.deployment,
    from_ms: Math.floor(window.fromMs),
    to_ms: Math.floor(window.toMs),
  };
}

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  throw new OptiInfraError('DEPENDENCY_UNAVAILABLE', 'the telemetry store answered in another shape', {
    cause: read.error,
  });
}
