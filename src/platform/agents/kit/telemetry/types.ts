import type { ObservedIteration } from '../latency/estimate-constants.ts';

/** What of a deployment's telemetry is read: [fromMs, toMs) in WORLD time, epoch milliseconds. */
export interface TelemetryWindow {
  readonly customerId: string;
  readonly deployment: string;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface RequestStatistics {
  readonly requests: number;
  readonly errors: number;
  /** 0–1. */
  readonly errorRate: number;
  readonly firstArrivalMs: number;
  readonly lastArrivalMs: number;
  /** Arrivals ÷ the time between the first and the last. */
  readonly requestsPerSecond: number;
  /** Of requests that succeeded. */
  readonly latencyMsP50: number;
  readonly latencyMsP95: number;
  readonly latencyMsP99: number;
}

export interface TokenStatistics {
  readonly inputTokensMean: number;
  readonly cachedTokensMean: number;
  readonly outputTokensMean: number;
  readonly outputTokensP50: number;
  readonly outputTokensP95: number;
  readonly outputTokensP99: number;
  /** Size on the wire; null or absent where the runtime does not count it. */
  readonly requestBytesMean?: number | null;
  readonly responseBytesMean?: number | null;
}

export interface QualityStatistics {
  readonly sampleSize: number;
  readonly mean: number;
  readonly standardDeviation: number;
}

/** Requests a minute, over the minutes of a window. */
export interface DemandStatistics {
  readonly minutes: number;
  readonly requests: number;
  readonly requestsPerSecondP95: number;
}

export interface GpuStatistics {
  readonly samples: number;
  readonly utilizationMean: number;
  readonly utilizationP95: number;
  readonly memoryUtilizationMean: number;
  /** World time, epoch milliseconds. */
  readonly firstSampleMs: number;
}

type Breakdown = 'instance_id' | 'lifecycle';

/** Read-only view of one store of measurements. Null means that nothing was measured, never a zero. */
export interface Telemetry {
  requests(window: TelemetryWindow): Promise<(RequestStatistics & TokenStatistics) | null>;
  requestsBy(window: TelemetryWindow, by: Breakdown): Promise<ReadonlyMap<string, RequestStatistics>>;
  quality(window: TelemetryWindow): Promise<QualityStatistics | null>;
  /** The newest `limit` samples of these instances. */
  iterations(
    window: TelemetryWindow,
    instanceIds: readonly string[],
    limit: number,
  ): Promise<readonly ObservedIteration[]>;
  demand(window: TelemetryWindow): Promise<DemandStatistics | null>;
  gpu(window: TelemetryWindow, instanceIds: readonly string[]): Promise<GpuStatistics | null>;
}
