import type { RolloutOrder, Snapshot } from '../contract.ts';
import { OptiInfraError } from '../../../support/errors.ts';
import type { RolloutDependencies } from './dependencies.ts';
import { createHorizon } from './horizon.ts';

export interface SeenOutcome {
  /** Null where no window of the new state was seen. */
  readonly requestsPerSecond: number | null;
  readonly measured: Readonly<Record<string, number>>;
}

/** Latency and quality before and after, both as telemetry measured them. */
export async function readOutcome(
  dependencies: RolloutDependencies,
  order: RolloutOrder,
  before: Snapshot,
  sinceWorldMs: number | null,
): Promise<SeenOutcome> {
  const measuredBefore = {
    ...latencies('before', before.latencyMs),
    ...(before.meanQuality === null ? {} : { quality_before: before.meanQuality }),
  };
  if (sinceWorldMs === null) return { requestsPerSecond: null, measured: measuredBefore };
  const toMs = await createHorizon(dependencies, order)();
  if (!Number.isFinite(toMs)) {
    throw new OptiInfraError('DEPENDENCY_UNAVAILABLE', 'no telemetry to measure the outcome with');
  }
  const seconds = (toMs - sinceWorldMs) / 1_000;
  if (seconds <= 0) return { requestsPerSecond: null, measured: measuredBefore };
  const traffic = await dependencies.telemetry.traffic({ ...order, fromMs: sinceWorldMs, toMs });
  const requests = total(traffic.requestsByInstance);
  return {
    requestsPerSecond: requests / seconds,
    measured: {
      ...measuredBefore,
      ...latencies('after', traffic.latencyMs),
      ...(traffic.meanQuality === null ? {} : { quality_after: traffic.meanQuality }),
      ...(requests === 0 ? {} : { error_rate_after: total(traffic.errorsByInstance) / requests }),
      requests_after: requests,
    },
  };
}

function latencies(when: 'before' | 'after', ms: Snapshot['latencyMs']): Record<string, number> {
  if (ms === null) return {};
  return {
    [`latency_ms_p50_${when}`]: ms.p50,
    [`latency_ms_p95_${when}`]: ms.p95,
    [`latency_ms_p99_${when}`]: ms.p99,
  };
}

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
