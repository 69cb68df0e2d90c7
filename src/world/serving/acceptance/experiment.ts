import type { EngineConfiguration } from '../../../contracts/api/customers.ts';
import type { TrafficProfile } from '../../../contracts/world.ts';
import { randomStream } from '../../../support/random.ts';
import type { HardwareProfile } from '../hardware.ts';
import { createServingNode, type Finished } from '../node.ts';
import { createTraffic } from '../traffic.ts';

export interface Experiment {
  readonly hardware: HardwareProfile;
  readonly configuration: EngineConfiguration;
  readonly nodes: number;
  readonly profile: TrafficProfile;
  readonly seed: number;
  /** Expected number of requests; the length of the run follows from the rate. */
  readonly requests: number;
  /** Infinity shows how far an overloaded queue grows. */
  readonly queueTimeoutMs: number;
}

/** World time between two looks; no outcome depends on it. */
const STEP_MS = 1_000;

/** One run: Poisson traffic, round robin over equal nodes, and everything that finished before its end. */
export function runExperiment(experiment: Experiment): Finished[] {
  const { hardware, configuration, profile, seed, queueTimeoutMs } = experiment;
  const nodes = Array.from({ length: experiment.nodes }, (_, index) =>
    createServingNode({
      instanceId: `node-${String(index)}`,
      hardware,
      configuration,
      noise: randomStream(seed, `measurement/${String(index)}`),
      queueTimeoutMs,
    }),
  );
  const traffic = createTraffic({ seed, profile, startMs: 0, idPrefix: 'req' });
  const endMs = (experiment.requests / profile.requestsPerSecond) * 1000;
  const all: Finished[] = [];
  let turn = 0;
  for (let worldMs = STEP_MS; worldMs < endMs + STEP_MS; worldMs += STEP_MS) {
    const untilMs = Math.min(worldMs, endMs);
    for (const request of traffic.arrivalsUntil(untilMs)) {
      nodes[turn]?.submit(request);
      turn = (turn + 1) % nodes.length;
    }
    for (const node of nodes) all.push(...node.advanceTo(untilMs));
  }
  return all;
}

export interface LatencyPercentiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** Percentiles of the successful requests that arrived after the start-up phase. */
export function latencyMsPercentiles(requests: readonly Finished[], warmUpMs: number): LatencyPercentiles {
  const latencies = Float64Array.from(
    requests
      .filter(({ arrivedAtMs, errorReason }) => arrivedAtMs >= warmUpMs && errorReason === null)
      .map(({ latencyMs }) => latencyMs),
  ).sort();
  const at = (share: number): number => latencies[Math.floor(share * latencies.length)] ?? Number.NaN;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}
