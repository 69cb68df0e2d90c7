import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { EngineConfiguration } from '../../../../src/contracts/api/customers.ts';
import { randomStream } from '../../../../src/support/random.ts';
import {
  ACCEPTANCE_CASES,
  ACME_ENGINE,
  ACME_TRAFFIC,
} from '../../../../src/world/serving/acceptance/cases.ts';
import {
  latencyMsPercentiles,
  runExperiment,
  type Experiment,
} from '../../../../src/world/serving/acceptance/experiment.ts';
import type { Finished } from '../../../../src/world/serving/node.ts';
import { createTraffic } from '../../../../src/world/serving/traffic.ts';
import { nodeWith, P4D } from './support.ts';

const configurations: fc.Arbitrary<EngineConfiguration> = fc.record({
  tensor_parallel_size: fc.constant(8),
  kv_allocation: fc.constantFrom('static', 'paged'),
  prefix_caching: fc.boolean(),
  scheduler: fc.constantFrom('prefill_first', 'chunked'),
  quantization: fc.constantFrom('bf16', 'fp8', 'int8', 'w4a16'),
  max_model_len: fc.constantFrom(4_096, 8_192, 32_768),
  revision: fc.constant('main'),
  chat_template: fc.constant('llama-3'),
});
const seeds = fc.integer({ min: 1, max: 1_000_000 });

function experiment(overrides: Partial<Experiment>): Experiment {
  return {
    hardware: P4D,
    configuration: ACME_ENGINE,
    nodes: 4,
    profile: ACME_TRAFFIC,
    seed: 1,
    requests: 6_000,
    queueTimeoutMs: Number.POSITIVE_INFINITY,
    ...overrides,
  };
}
const p95 = (overrides: Partial<Experiment>): number =>
  latencyMsPercentiles(runExperiment(experiment(overrides)), 10_000).p95;

describe('laws of the serving model', () => {
  it('same seed, same bytes', () => {
    fc.assert(
      fc.property(seeds, configurations, (seed, configuration) => {
        const run = () => JSON.stringify(runExperiment(experiment({ seed, configuration, requests: 500 })));
        expect(run()).toBe(run());
      }),
      { numRuns: 20 },
    );
  });

  it('how often a node is advanced changes nothing', () => {
    const steps = fc.array(fc.double({ min: 0.5, max: 4_000, noNaN: true }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(seeds, configurations, steps, (seed, configuration, stepsMs) => {
        const coarse = serve(seed, configuration, [20_000]);
        const fine = serve(seed, configuration, stepsMs);
        const byId = (left: Finished, right: Finished) => left.requestId.localeCompare(right.requestId);
        expect(fine.toSorted(byId)).toEqual(coarse.toSorted(byId));
      }),
      { numRuns: 60 },
    );
  });

  it('every request leaves exactly once, whatever happens to the node', () => {
    fc.assert(
      fc.property(
        seeds,
        configurations,
        configurations,
        fc.double({ min: 0.5, max: 30, noNaN: true }),
        fc.integer({ min: 1_000, max: 20_000 }),
        (seed, before, after, slowFactor, lostAtMs) => {
          const node = nodeWith({ configuration: before });
          const arrivals = createTraffic({
            seed,
            profile: ACME_TRAFFIC,
            startMs: 0,
            idPrefix: 'r',
          }).arrivalsUntil(lostAtMs);
          for (const request of arrivals) node.submit(request);
          const done = [...node.advanceTo(lostAtMs / 2)];
          node.setConfiguration(after);
          node.setSlowFactor(slowFactor);
          done.push(...node.advanceTo(lostAtMs), ...node.abandon());
          expect(new Set(done.map(({ requestId }) => requestId)).size).toBe(done.length);
          expect(done.length).toBe(arrivals.length);
          for (const { latencyMs, ttftMs, finishedAtMs, arrivedAtMs } of done) {
            expect(latencyMs).toBe(finishedAtMs - arrivedAtMs);
            expect(ttftMs).toBeLessThanOrEqual(latencyMs);
            expect(ttftMs).toBeGreaterThanOrEqual(0);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('P95 falls with nodes', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 3, max: 5 }), (seed, nodes) => {
        expect(p95({ seed, nodes: nodes + 1 })).toBeLessThan(p95({ seed, nodes }));
      }),
      { numRuns: 10 },
    );
  });

  it('P95 rises with the rate', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 15, max: 40 }), (seed, requestsPerSecond) => {
        const at = (rate: number) => p95({ seed, profile: { ...ACME_TRAFFIC, requestsPerSecond: rate } });
        expect(at(requestsPerSecond * 1.4)).toBeGreaterThan(at(requestsPerSecond));
      }),
      { numRuns: 10 },
    );
  });

  it('P95 falls with the prefix hit share', () => {
    const shares = fc.double({ min: 0, max: 0.6, noNaN: true });
    fc.assert(
      fc.property(seeds, shares, (seed, share) => {
        const configuration = { ...ACME_ENGINE, prefix_caching: true };
        const at = (sharedPrefixShare: number) =>
          p95({ seed, configuration, profile: { ...ACME_TRAFFIC, sharedPrefixShare } });
        expect(at(share + 0.3)).toBeLessThan(at(share));
      }),
      { numRuns: 10 },
    );
  });

  it('P95 falls with fewer weight bits', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const at = (quantization: EngineConfiguration['quantization']) =>
          p95({ seed, configuration: { ...ACME_ENGINE, quantization } });
        const [bf16, fp8, w4a16] = [at('bf16'), at('fp8'), at('w4a16')];
        expect(fp8).toBeLessThan(bf16);
        expect(w4a16).toBeLessThan(fp8);
      }),
      { numRuns: 8 },
    );
  });

  it('beyond its capacity a fleet queues without bound', () => {
    const row = ACCEPTANCE_CASES.find(({ name }) => name === 'A baseline');
    fc.assert(
      fc.property(seeds, (seed) => {
        const profile = { ...ACME_TRAFFIC, requestsPerSecond: 70 };
        const at = (requests: number) =>
          p95({ seed, nodes: 2, configuration: row?.configuration ?? ACME_ENGINE, profile, requests });
        expect(at(12_000)).toBeGreaterThan(1.7 * at(6_000));
      }),
      { numRuns: 5 },
    );
  });

  it('with a drain at an AWS notice no request fails', () => {
    fc.assert(
      fc.property(
        seeds,
        configurations,
        fc.integer({ min: 5_000, max: 60_000 }),
        (seed, configuration, noticeAtMs) => {
          const node = nodeWith({ configuration });
          const profile = { ...ACME_TRAFFIC, requestsPerSecond: ACME_TRAFFIC.requestsPerSecond / 4 };
          const traffic = createTraffic({ seed, profile, startMs: 0, idPrefix: 'r' });
          for (const request of traffic.arrivalsUntil(noticeAtMs)) node.submit(request);
          const done = [
            ...node.advanceTo(noticeAtMs),
            ...node.advanceTo(noticeAtMs + 120_000),
            ...node.abandon(),
          ];
          expect(done.length).toBeGreaterThan(0);
          expect(done.filter(({ errorReason }) => errorReason !== null)).toEqual([]);
        },
      ),
      { numRuns: 60 },
    );
  });
});

/** One node under a quarter of Acme's traffic for twenty seconds, looked at in the given steps, over and over. */
function serve(seed: number, configuration: EngineConfiguration, stepsMs: readonly number[]): Finished[] {
  const node = nodeWith({ configuration, noise: randomStream(seed, 'noise') });
  const profile = { ...ACME_TRAFFIC, requestsPerSecond: 15 };
  const traffic = createTraffic({ seed, profile, startMs: 0, idPrefix: 'r' });
  const done: Finished[] = [];
  let nowMs = 0;
  for (let step = 0; nowMs < 20_000; step += 1) {
    nowMs = Math.min(20_000, nowMs + (stepsMs[step % stepsMs.length] ?? 20_000));
    for (const request of traffic.arrivalsUntil(nowMs)) node.submit(request);
    done.push(...node.advanceTo(nowMs));
  }
  return done;
}
