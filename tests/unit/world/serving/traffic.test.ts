import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { ACME_TRAFFIC } from '../../../../src/world/serving/acceptance/cases.ts';
import { createTraffic } from '../../../../src/world/serving/traffic.ts';

const traffic = (seed: number, profile = ACME_TRAFFIC) =>
  createTraffic({ seed, profile, startMs: 1_000, idPrefix: 'site-a' });

function moments(values: readonly number[]) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, cv: Math.sqrt(variance) / mean };
}

describe('traffic', () => {
  const requests = traffic(7).arrivalsUntil(1_000 + 600_000);

  it('arrives at the profile’s rate, with exponential gaps', () => {
    expect(Math.abs(requests.length / 27_000 - 1)).toBeLessThan(0.03);
    const gaps = requests
      .slice(1)
      .map(({ arrivedAtMs }, index) => arrivedAtMs - (requests[index]?.arrivedAtMs ?? 0));
    const { mean, cv } = moments(gaps);
    expect(Math.abs(mean * 0.045 - 1)).toBeLessThan(0.03);
    expect(Math.abs(cv - 1)).toBeLessThan(0.03);
  });

  it('has log-normal lengths with the profile’s mean and spread', () => {
    const input = moments(requests.map(({ inputTokens }) => inputTokens));
    const output = moments(requests.map(({ outputTokens }) => outputTokens));
    expect(Math.abs(input.mean / 340 - 1)).toBeLessThan(0.02);
    expect(Math.abs(input.cv / 0.4 - 1)).toBeLessThan(0.05);
    expect(Math.abs(output.mean / 12 - 1)).toBeLessThan(0.02);
    expect(Math.abs(output.cv / 0.35 - 1)).toBeLessThan(0.05);
    expect(requests.every(({ inputTokens, outputTokens }) => inputTokens >= 1 && outputTokens >= 1)).toBe(
      true,
    );
  });

  it('sends attachments of the profile’s mean size along, and changes nothing else by it', () => {
    const profile = { ...ACME_TRAFFIC, attachmentBytesMean: 3_000_000 };
    const heavy = traffic(7, profile).arrivalsUntil(1_000 + 600_000);
    const { mean } = moments(heavy.map(({ attachmentBytes = 0 }) => attachmentBytes));
    expect(Math.abs(mean / 3_000_000 - 1)).toBeLessThan(0.02);
    expect(heavy.map(({ attachmentBytes: _attached, ...rest }) => rest)).toEqual(requests);
  });

  it('numbers its requests under the site’s prefix', () => {
    expect(requests[0]?.requestId).toBe('site-a-1');
    expect(new Set(requests.map(({ requestId }) => requestId)).size).toBe(requests.length);
  });

  it('gives the same bytes for the same seed, in whatever slices it is asked', () => {
    const slices = fc.array(fc.double({ min: 0, max: 5_000, noNaN: true }), { maxLength: 20 });
    fc.assert(
      fc.property(fc.integer(), slices, (seed, stepsMs) => {
        const sliced = traffic(seed);
        let nowMs = 1_000;
        const parts = stepsMs.flatMap((stepMs) => sliced.arrivalsUntil((nowMs += stepMs)));
        expect(parts).toEqual(traffic(seed).arrivalsUntil(nowMs));
      }),
    );
  });

  it('draws lengths from streams of their own', () => {
    const slower = traffic(7, { ...ACME_TRAFFIC, requestsPerSecond: 5 }).arrivalsUntil(100_000);
    expect(slower.map(({ inputTokens }) => inputTokens)).toEqual(
      requests.slice(0, slower.length).map(({ inputTokens }) => inputTokens),
    );
  });

  it('stops and starts again', () => {
    const site = traffic(3);
    const before = site.arrivalsUntil(61_000).length;
    site.setRate(0);
    expect(site.requestsPerSecond).toBe(0);
    expect(site.arrivalsUntil(3_600_000)).toEqual([]);
    site.setRate(90);
    const after = site.arrivalsUntil(3_660_000);
    expect(before).toBeGreaterThan(0);
    expect(after[0]?.arrivedAtMs).toBeGreaterThan(3_600_000);
    expect(Math.abs(after.length / 5_400 - 1)).toBeLessThan(0.06);
  });

  it('never begins when the profile has no requests', () => {
    expect(traffic(3, { ...ACME_TRAFFIC, requestsPerSecond: 0 }).arrivalsUntil(1e9)).toEqual([]);
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('refuses the rate %s', (rate) => {
    expect(() => {
      traffic(1).setRate(rate);
    }).toThrow(/requestsPerSecond/);
  });
});

describe('bursty traffic', () => {
  const BURSTY = { ...ACME_TRAFFIC, arrivals: 'bursty' } as const;
  const perSecond = (profile: typeof BURSTY | typeof ACME_TRAFFIC, seconds: number) => {
    const counts = Array<number>(seconds).fill(0);
    for (const { arrivedAtMs } of traffic(3, profile).arrivalsUntil(1_000 + seconds * 1_000)) {
      const second = Math.floor((arrivedAtMs - 1_000) / 1_000);
      counts[second] = (counts[second] ?? 0) + 1;
    }
    return counts;
  };
  /** Variance of the count of half a minute over its mean: 1 for a Poisson process. */
  const dispersion = (counts: readonly number[]) => {
    const sums = Array.from({ length: Math.floor(counts.length / 30) }, (_, index) =>
      counts.slice(index * 30, index * 30 + 30).reduce((sum, count) => sum + count, 0),
    );
    const { mean, cv } = moments(sums);
    return cv ** 2 * mean;
  };

  it('has the same mean rate, and bursts that even traffic lacks', () => {
    const seconds = 20_000;
    const bursty = perSecond(BURSTY, seconds);
    expect(bursty.reduce((sum, count) => sum + count, 0) / seconds / 45).toBeCloseTo(1, 1);
    expect(dispersion(bursty)).toBeGreaterThan(20);
    expect(dispersion(perSecond(ACME_TRAFFIC, seconds))).toBeLessThan(1.5);
  });

  it('gives the same requests, however finely it is asked, and another rate keeps its phases', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000 }), fc.integer({ min: 50, max: 9_000 }), (seed, stepMs) => {
        const fine = traffic(seed, BURSTY);
        const asked = [];
        for (let at = 1_000 + stepMs; at < 61_000; at += stepMs) asked.push(...fine.arrivalsUntil(at));
        asked.push(...fine.arrivalsUntil(61_000));
        expect(asked).toEqual(traffic(seed, BURSTY).arrivalsUntil(61_000));
        fine.setRate(0);
        expect(fine.arrivalsUntil(600_000)).toEqual([]);
        fine.setRate(10);
        expect(fine.requestsPerSecond).toBeCloseTo(10);
        expect(fine.arrivalsUntil(660_000).length).toBeGreaterThan(100);
      }),
      { numRuns: 30 },
    );
  });
});
