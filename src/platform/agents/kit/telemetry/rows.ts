import { z } from 'zod';

import type { QualityStatistics, RequestStatistics, TokenStatistics } from './types.ts';

/** 64-bit integers may arrive as text; an aggregate over nothing as null. */
const number = z.coerce.number();
const aggregate = z.union([z.null(), z.coerce.number()]);

export const requestRow = z.object({
  requests: number,
  errors: number,
  first_ms: number,
  last_ms: number,
  p50: aggregate,
  p95: aggregate,
  p99: aggregate,
});
const tokenRow = z.object({
  input_mean: number,
  cached_mean: number,
  output_mean: number,
  output_p50: number,
  output_p95: number,
  output_p99: number,
  // Null where no runtime counts bytes.
  request_bytes_mean: aggregate.default(null),
  response_bytes_mean: aggregate.default(null),
});
const qualityRow = z.object({ samples: number, mean: aggregate, deviation: aggregate });

/** Null when there is no request, none succeeded, or they are too few to have a rate. */
export function readRequests(row: z.infer<typeof requestRow>): RequestStatistics | null {
  const succeeded = row.requests - row.errors;
  const spanMs = row.last_ms - row.first_ms;
  if (succeeded < 1 || spanMs <= 0 || row.p50 === null || row.p95 === null || row.p99 === null) return null;
  return {
    requests: row.requests,
    errors: row.errors,
    errorRate: row.errors / row.requests,
    firstArrivalMs: row.first_ms,
    lastArrivalMs: row.last_ms,
    requestsPerSecond: ((row.requests - 1) / spanMs) * 1_000,
    latencyMsP50: row.p50,
    latencyMsP95: row.p95,
    latencyMsP99: row.p99,
  };
}

export function readTokens(value: unknown): TokenStatistics {
  const row = tokenRow.parse(value);
  return {
    inputTokensMean: row.input_mean,
    cachedTokensMean: row.cached_mean,
    outputTokensMean: row.output_mean,
    outputTokensP50: row.output_p50,
    outputTokensP95: row.output_p95,
    outputTokensP99: row.output_p99,
    requestBytesMean: row.request_bytes_mean,
    responseBytesMean: row.response_bytes_mean,
  };
}

export function readQuality(value: unknown): QualityStatistics | null {
  const row = qualityRow.parse(value);
  if (row.samples < 2 || row.mean === null || row.deviation === null) return null;
  return { sampleSize: row.samples, mean: row.mean, standardDeviation: row.deviation };
}
