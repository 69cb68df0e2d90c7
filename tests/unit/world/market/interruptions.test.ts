import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { INTERRUPTION_PRESETS, type InterruptionPresetName } from '../../../../src/contracts/market.ts';
import type { SpotNode } from '../../../../src/world/market/market.ts';
import { meanOutageHours, PRESETS } from '../../../../src/world/market/presets.ts';
import { ANCHOR_MS, HOUR_MS, marketOf } from './support.ts';

const options = (preset: InterruptionPresetName) => ({ provider: 'aws', preset }) as const;
const fleet = (count: number, zoneOf: (index: number) => string): SpotNode[] =>
  Array.from({ length: count }, (_, index) => ({
    instanceId: `i-${String(index)}`,
    zone: zoneOf(index),
    sinceMs: ANCHOR_MS,
    fate: String(index),
  }));

describe('presets', () => {
  it('are the published three', () => {
    const { current, presets, ...rest } = marketOf(1).interruptionStatistics('aws', 'traced', 600);
    expect(current).toEqual({ name: 'traced', interruptions_per_node_hour: 0.06, availability: 0.73 });
    expect(presets.map(({ name }) => name)).toEqual(['calm', 'traced', 'harsh']);
    expect(rest).toEqual({ notice_seconds: 120, cold_start_seconds: 600 });
    expect(marketOf(1).interruptionStatistics('gcp', 'calm', 262)).toMatchObject({
      notice_seconds: 30,
      cold_start_seconds: 262,
    });
  });

  it('keep a slot filled the share of time they say', () => {
    expect(meanOutageHours(PRESETS.traced)).toBeCloseTo(6.16, 1);
    expect(meanOutageHours(PRESETS.harsh)).toBeCloseTo(0.99, 1);
    expect(meanOutageHours(PRESETS.calm)).toBeCloseTo(169, 0);
    for (const name of INTERRUPTION_PRESETS) {
      const up = 1 / PRESETS[name].interruptions_per_node_hour;
      expect(up / (up + meanOutageHours(PRESETS[name]))).toBeCloseTo(PRESETS[name].availability, 9);
    }
  });
});

describe('interruptions', () => {
  it.each(['traced', 'harsh'] as const)('%s takes a node at its rate', (preset) => {
    const horizonMs = ANCHOR_MS + 400 * HOUR_MS;
    const lifetimes = Array.from({ length: 2_000 }, (_, seed) => {
      const [first] = marketOf(seed).nextInterruptions(
        fleet(1, () => 'a'),
        ANCHOR_MS,
        horizonMs,
        options(preset),
      );
      return ((first?.noticeAtMs ?? Number.NaN) - ANCHOR_MS) / HOUR_MS;
    });
    const mean = lifetimes.reduce((sum, hours) => sum + hours, 0) / lifetimes.length;
    expect(Math.abs(mean * PRESETS[preset].interruptions_per_node_hour - 1)).toBeLessThan(0.1);
  });

  it('calm leaves four nodes alone through most days', () => {
    const nodes = fleet(4, (index) => `z${String(index % 4)}`);
    const hit = Array.from({ length: 200 }, (_, seed) =>
      marketOf(seed).nextInterruptions(nodes, ANCHOR_MS, ANCHOR_MS + 24 * HOUR_MS, options('calm')),
    ).filter((found) => found.length > 0);
    expect(hit.length).toBeGreaterThan(0);
    expect(hit.length).toBeLessThan(12);
  });

  it('takes all nodes of a zone at once about half of the time', () => {
    const nodes = fleet(6, (index) => (index < 3 ? 'a' : 'b'));
    const firsts = Array.from({ length: 300 }, (_, seed) =>
      marketOf(seed).nextInterruptions(nodes, ANCHOR_MS, ANCHOR_MS + 24 * HOUR_MS, options('harsh')),
    );
    const zoneWide = firsts.flat().filter(({ cause }) => cause === 'zone');
    expect(zoneWide.length).toBeGreaterThan(0);
    for (const found of firsts) {
      for (const one of found.filter(({ cause }) => cause === 'zone')) {
        const together = found.filter(({ noticeAtMs }) => noticeAtMs === one.noticeAtMs);
        expect(together.every(({ zone }) => zone === one.zone)).toBe(true);
      }
    }
    const share = zoneWide.length / firsts.flat().length;
    expect(share).toBeGreaterThan(0.35);
    expect(share).toBeLessThan(0.65);
  });

  it('gives notice, then takes, then has room again', () => {
    const aws = marketOf(3).nextInterruptions(
      fleet(3, () => 'a'),
      ANCHOR_MS,
      FAR_MS,
      options('harsh'),
    );
    const gcp = marketOf(3).nextInterruptions(
      fleet(3, () => 'a'),
      ANCHOR_MS,
      FAR_MS,
      {
        provider: 'gcp',
        preset: 'harsh',
      },
    );
    expect(aws).toHaveLength(3);
    for (const { noticeAtMs, reclaimAtMs, capacityBackAtMs } of aws) {
      expect(reclaimAtMs - noticeAtMs).toBe(120_000);
      expect(capacityBackAtMs).toBeGreaterThan(reclaimAtMs);
    }
    expect(gcp.map(({ reclaimAtMs, noticeAtMs }) => reclaimAtMs - noticeAtMs)).toEqual([
      30_000, 30_000, 30_000,
    ]);
  });

  it('asked in slices, gives what it gives in one piece, and the same for the same seed', () => {
    const cuts = fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { maxLength: 10 });
    fc.assert(
      fc.property(fc.integer(), cuts, fc.constantFrom(...INTERRUPTION_PRESETS), (seed, cutHours, preset) => {
        const nodes = fleet(5, (index) => `z${String(index % 2)}`);
        const endMs = ANCHOR_MS + 100 * HOUR_MS;
        const whole = marketOf(seed).nextInterruptions(nodes, ANCHOR_MS, endMs, options(preset));
        const sliced = marketOf(seed);
        const bounds = [0, ...cutHours.toSorted((left, right) => left - right), 100];
        const gone = new Set<string>();
        const parts = bounds.slice(1).flatMap((to, index) => {
          const alive = nodes.filter(({ instanceId }) => !gone.has(instanceId));
          const fromMs = ANCHOR_MS + (bounds[index] ?? 0) * HOUR_MS;
          const found = sliced.nextInterruptions(alive, fromMs, ANCHOR_MS + to * HOUR_MS, options(preset));
          for (const { instanceId } of found) gone.add(instanceId);
          return found;
        });
        const byId = (left: { instanceId: string }, right: { instanceId: string }) =>
          left.instanceId.localeCompare(right.instanceId);
        expect(parts.toSorted(byId)).toEqual(whole.toSorted(byId));
      }),
    );
  });

  it('spares a node launched after the shock that hit its zone', () => {
    const old = fleet(1, () => 'a');
    const seed = Array.from({ length: 500 }, (_, index) => index).find(
      (candidate) =>
        marketOf(candidate).nextInterruptions(old, ANCHOR_MS, FAR_MS, options('harsh'))[0]?.cause === 'zone',
    );
    const market = marketOf(seed ?? -1);
    const [shock] = market.nextInterruptions(old, ANCHOR_MS, FAR_MS, options('harsh'));
    const noticeAtMs = shock?.noticeAtMs ?? Number.NaN;
    const young = [{ instanceId: 'young', zone: 'a', sinceMs: noticeAtMs, fate: 'young' }];
    expect(market.nextInterruptions(young, ANCHOR_MS, noticeAtMs, options('harsh'))).toEqual([]);
  });

  it('takes nothing from a fleet without spot nodes', () => {
    expect(marketOf(1).nextInterruptions([], ANCHOR_MS, FAR_MS, options('harsh'))).toEqual([]);
  });
});

/** Far beyond every holding time of the harsh preset. */
const FAR_MS = ANCHOR_MS + 500 * HOUR_MS;
