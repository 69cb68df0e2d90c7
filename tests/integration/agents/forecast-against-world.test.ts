import { quantile } from 'simple-statistics';
import { describe, expect, it } from 'vitest';

import {
  forecastLatency,
  type TrafficStatistics,
} from '../../../src/platform/agents/kit/latency/closed-form.ts';
import { reconfigure } from '../../../src/platform/agents/kit/engine/reconfigure.ts';
import { estimateConstants } from '../../../src/platform/agents/kit/latency/estimate-constants.ts';
import { forecastFor } from '../../../src/platform/agents/kit/observation/observe-deployment.ts';
import { randomStream } from '../../../src/support/random.ts';
import {
  ACCEPTANCE_CASES,
  experimentOf,
  type AcceptanceCase,
} from '../../../src/world/serving/acceptance/cases.ts';
import { createServingNode } from '../../../src/world/serving/node.ts';
import { createTraffic } from '../../../src/world/serving/traffic.ts';

const SECONDS = 300;
const WARM_UP_MS = 30_000;

/** What the world ships of one fleet: requests and sampled, noisy iterations. Nothing else reaches the agent's model. */
function watch(row: AcceptanceCase, seed: number) {
  const { hardware, configuration, profile } = experimentOf(row, seed);
  const nodes = Array.from({ length: row.nodes }, (_node, index) =>
    createServingNode({
      instanceId: `i-${index}`,
      hardware,
      configuration,
      noise: randomStream(seed, `noise/${index}`),
      queueTimeoutMs: Infinity,
    }),
  );
  const traffic = createTraffic({ seed, profile, startMs: 0, idPrefix: 'req' });
  const requests = Array.from({ length: SECONDS }, (_second, second) => {
    traffic.arrivalsUntil((second + 1) * 1_000).forEach((request, index) => {
      nodes[(second + index) % nodes.length]?.submit(request);
    });
    return nodes.flatMap((node) => node.advanceTo((second + 1) * 1_000));
  }).flat();
  const iterations = nodes.flatMap((node) => node.takeIterationSamples());
  return { requests: requests.filter(({ arrivedAtMs }) => arrivedAtMs >= WARM_UP_MS), iterations };
}

/** What a forecast of another configuration does not look at. */
const NOTHING_SEEN = {
  requests: 0,
  errors: 0,
  errorRate: 0,
  firstArrivalMs: 0,
  lastArrivalMs: 0,
  requestsPerSecond: 0,
  latencyMsP50: 0,
  latencyMsP99: 0,
  cachedTokensMean: 0,
  outputTokensMean: 0,
  outputTokensP50: 0,
  outputTokensP95: 0,
  outputTokensP99: 0,
};

type Watched = ReturnType<typeof watch>;

function trafficOf({ requests }: Watched): TrafficStatistics {
  const output = requests.map(({ outputTokens }) => outputTokens);
  const prefill = requests.map(({ inputTokens, cachedTokens }) => inputTokens - cachedTokens);
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    requestsPerSecond: requests.length / (SECONDS - WARM_UP_MS / 1_000),
    prefillTokensMean: mean(prefill),
    outputTokensMean: mean(output),
    outputTokensP50: quantile(output, 0.5),
    outputTokensP95: quantile(output, 0.95),
    outputTokensP99: quantile(output, 0.99),
  };
}

function constantsOf({ iterations }: Watched) {
  const estimate = estimateConstants(
    iterations.map((sample) => ({
      prefillTokens: sample.prefill_tokens,
      decodingRequests: sample.decoding_requests,
      durationMs: sample.duration_ms,
    })),
  );
  if (!estimate.known) throw new Error(estimate.reason);
  return estimate;
}

function caseOf(name: string): AcceptanceCase {
  const found = ACCEPTANCE_CASES.find((row) => row.name === name);
  if (found === undefined) throw new Error(`the world has no case ${name}`);
  return found;
}

describe("the agents' forecast against the simulated world", () => {
  it.each([
    ['A baseline', 'A baseline'],
    ['A baseline', 'A with one node lost'],
    ['E paged + prefix + FP8', 'E paged + prefix + FP8'],
    ['G paged + prefix + chunked + FP8', 'G on 3 nodes'],
    ['G paged + prefix + chunked + FP8', 'G on 2 nodes'],
  ])('watching "%s" it foretells the P95 of "%s"', (watched, foretold) => {
    const seen = watch(caseOf(watched), 11);
    const { constants } = constantsOf(seen);
    const then = caseOf(foretold);
    const forecast = forecastLatency({
      constants,
      traffic: trafficOf(seen),
      nodes: then.nodes,
      scheduler: then.configuration.scheduler,
    });
    if (!forecast.stable) throw new Error(forecast.reason);
    const happened = watch(then, 12).requests.map(({ latencyMs }) => latencyMs);
    // The closed form's own maximum on stable fleets (world spec §5).
    expect(Math.abs(forecast.latencyMsP95 / quantile(happened, 0.95) - 1)).toBeLessThan(0.13);
  });

  it.each([
    'C + prefix cache',
    'D FP8 weight-only alone',
    'E paged + prefix + FP8',
    'G paged + prefix + chunked + FP8',
    'G on 3 nodes',
  ])('watching the baseline it foretells the P95 of "%s" from published effects alone', (foretold) => {
    const before = caseOf('A baseline');
    const then = caseOf(foretold);
    const seen = watch(before, 11);
    const input = seen.requests.map(({ inputTokens }) => inputTokens);
    const latency = seen.requests.map(({ latencyMs }) => latencyMs);
    const observation = {
      deployment: {
        name: 'vllm-prod-1',
        model: 'meta-llama/Llama-3-70B',
        engine_configuration: before.configuration,
        instance_ids: [],
      },
      instances: [],
      requests: {
        ...NOTHING_SEEN,
        inputTokensMean: input.reduce((sum, tokens) => sum + tokens, 0) / input.length,
        latencyMsP95: quantile(latency, 0.95),
      },
      traffic: trafficOf(seen),
      estimate: constantsOf(seen),
    };
    const tuned = reconfigure(observation, 'p4d.24xlarge', then.configuration);
    if (!tuned.ok) throw new Error(tuned.reasons.join('; '));
    const forecast = forecastFor(tuned.observation, then.nodes);
    if (!forecast.stable) throw new Error(forecast.reason);
    const happened = quantile(
      watch(then, 12).requests.map(({ latencyMs }) => latencyMs),
      0.95,
    );
    expect(Math.abs(forecast.latencyMsP95 / happened - 1)).toBeLessThan(0.13);
  });

  it('sees the overload of two untuned nodes coming', () => {
    const seen = watch(caseOf('A baseline'), 13);
    const { constants } = constantsOf(seen);
    const forecast = forecastLatency({
      constants,
      traffic: trafficOf(seen),
      nodes: 2,
      scheduler: 'prefill_first',
    });
    expect(forecast.stable).toBe(false);
  });

  it('recovers the constants of the hardware from what it ships', () => {
    const { constants, residualShare } = constantsOf(watch(caseOf('A baseline'), 14));
    // World spec §4, Llama-3-70B on p4d.
    expect(Math.abs(constants.overheadMs + constants.weightPassMs - 29.7)).toBeLessThan(0.6);
    expect(Math.abs(constants.prefillMsPerToken / 0.11 - 1)).toBeLessThan(0.05);
    expect(residualShare).toBeLessThan(0.05);
  });
});
