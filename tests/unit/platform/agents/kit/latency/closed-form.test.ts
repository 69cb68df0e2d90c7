import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  forecastLatency,
  type ForecastInputs,
} from '../../../../../../src/platform/agents/kit/latency/closed-form.ts';
import { logNormalQuantile, P4D, referenceTraffic } from '../../reference.ts';

const P5 = { overheadMs: 9, weightPassMs: 8.4, prefillMsPerToken: 0.0386, decodeMsPerRequest: 0.03 };
const fp8 = { ...P4D, weightPassMs: P4D.weightPassMs * 0.55 };
const int8 = { ...fp8, prefillMsPerToken: P4D.prefillMsPerToken * 0.62 };
const p5fp8 = { ...P5, weightPassMs: 8.4 * 0.55, prefillMsPerToken: 0.0386 / 1.6 };

const base: ForecastInputs = {
  constants: P4D,
  traffic: referenceTraffic(),
  nodes: 4,
  scheduler: 'prefill_first',
};
const prefix = referenceTraffic({ prefillTokensMean: 170 });
/** The table of the world's specification (§4): case, inputs, P95 by event simulation. */
const table: readonly [string, ForecastInputs, number][] = [
  ['A baseline', base, 1604],
  ['C prefix cache', { ...base, traffic: prefix }, 1051],
  ['D fp8 alone', { ...base, constants: fp8 }, 1103],
  ['E paged + prefix + fp8', { ...base, constants: fp8, traffic: prefix }, 694],
  ['G and chunked', { ...base, constants: fp8, traffic: prefix, scheduler: 'chunked' }, 510],
  ['I int8 + chunked', { ...base, constants: int8, scheduler: 'chunked' }, 542],
  ['A on 3 nodes', { ...base, nodes: 3 }, 3036],
  ['G on 3 nodes', { ...base, constants: fp8, traffic: prefix, scheduler: 'chunked', nodes: 3 }, 543],
  ['G on 2 nodes', { ...base, constants: fp8, traffic: prefix, scheduler: 'chunked', nodes: 2 }, 650],
  ['one p5', { constants: p5fp8, traffic: prefix, scheduler: 'chunked', nodes: 1 }, 316],
];

function p95(inputs: ForecastInputs): number {
  const forecast = forecastLatency(inputs);
  if (!forecast.stable) throw new Error(forecast.reason);
  return forecast.latencyMsP95;
}

describe('forecastLatency', () => {
  it.each(table)('%s is near the simulation', (_name, inputs, simulated) => {
    expect(Math.abs(p95(inputs) / simulated - 1)).toBeLessThanOrEqual(0.13);
  });

  it('misses the simulated P95 by at most 5 % on average', () => {
    const errors = table.map(([, inputs, simulated]) => Math.abs(p95(inputs) / simulated - 1));
    expect(errors.reduce((sum, error) => sum + error, 0) / errors.length).toBeLessThanOrEqual(0.05);
  });

  it('is close at the median and P99 of the baseline', () => {
    const forecast = forecastLatency(base);
    expect(forecast).toMatchObject({ stable: true });
    if (!forecast.stable) return;
    expect(Math.abs(forecast.latencyMsP50 / 819 - 1)).toBeLessThan(0.1);
    expect(Math.abs(forecast.latencyMsP99 / 2059 - 1)).toBeLessThan(0.1);
  });

  it('calls two untuned nodes unstable', () => {
    expect(forecastLatency({ ...base, nodes: 2 })).toMatchObject({
      stable: false,
      reason: expect.stringContaining('occupancy') as unknown,
    });
  });

  it('calls a demand above 0.6 unstable even when occupancy is not', () => {
    const constants = { overheadMs: 0.1, weightPassMs: 0.1, prefillMsPerToken: 0.11, decodeMsPerRequest: 1 };
    const forecast = forecastLatency({ ...base, constants, nodes: 3 });
    expect(forecast).toMatchObject({ stable: false, reason: expect.stringContaining('demand') as unknown });
  });

  it('has no forecast for an empty fleet', () => {
    expect(forecastLatency({ ...base, nodes: 0 })).toMatchObject({ stable: false, reason: 'no node left' });
  });

  it('falls with nodes and rises with rate', () => {
    const schedulers = fc.constantFrom<ForecastInputs['scheduler']>('prefill_first', 'chunked');
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 30 }),
        fc.double({ min: 5, max: 200, noNaN: true }),
        schedulers,
        (nodes, rate, scheduler) => {
          const at = (count: number, factor: number): number => {
            const traffic = referenceTraffic({ requestsPerSecond: rate * factor });
            const forecast = forecastLatency({ constants: P4D, traffic, nodes: count, scheduler });
            return forecast.stable ? forecast.latencyMsP95 : Infinity;
          };
          expect(at(nodes + 1, 1)).toBeLessThanOrEqual(at(nodes, 1) + 1e-6);
          expect(at(nodes, 1.05)).toBeGreaterThanOrEqual(at(nodes, 1) - 1e-6);
        },
      ),
    );
  });
});

describe('the reference quantiles', () => {
  it('follow the log-normal distribution', () => {
    expect(logNormalQuantile(12, 0.35, 1.6449)).toBeCloseTo(19.8, 1);
  });
});
