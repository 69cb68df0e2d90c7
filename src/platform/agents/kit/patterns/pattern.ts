import { createHash } from 'node:crypto';

/** What the learning loop keeps of one ended optimization. */
export interface Pattern {
  /** A UUID made from the optimization's id, so that learning twice keeps one pattern. */
  readonly patternId: string;
  readonly features: readonly number[];
  readonly payload: PatternPayload;
}

/** Stored beside the vector, readable by people and by the harness: snake_case like everything outside a process. */
interface PatternPayload {
  readonly kind: string;
  readonly optimization_id: string;
  readonly recommendation_id: string;
  readonly customer_id: string;
  readonly feature_names: readonly string[];
  readonly predicted_savings_usd_per_month: number;
  /** The raw forecast made again with the prices found at the end. */
  readonly repriced_savings_usd_per_month: number;
  readonly actual_savings_usd_per_month: number | null;
  /** Actual ÷ repriced: the error of the model, without that of the market. Null when nothing was measured. */
  readonly ratio: number | null;
  readonly predicted_latency_ms_p95: number | null;
  readonly measured_latency_ms_p95: number | null;
  /** Measured ÷ predicted before learning corrected it. Null when either is missing. */
  readonly latency_ratio: number | null;
  readonly status: string;
  readonly succeeded: boolean;
  readonly recorded_at: string;
}

export interface NearPattern {
  readonly patternId: string;
  readonly distance: number;
  readonly ratio: number | null;
  readonly latencyRatio: number | null;
  readonly succeeded: boolean;
}

export interface PatternStore {
  save(pattern: Pattern): Promise<void>;
  /** Nearest first by Euclidean distance. */
  nearest(features: readonly number[], limit: number, kind: string): Promise<readonly NearPattern[]>;
}

/** Version-8 UUID (RFC 9562) over a hash of the text. */
export function patternIdOf(optimizationId: string): string {
  const bytes = createHash('sha256')
    .update(`optimization-pattern/${optimizationId}`)
    .digest()
    .subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
