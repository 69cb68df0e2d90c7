import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { LIFECYCLES } from '../../../../src/contracts/api/common.ts';
import type { Fault } from '../../../../src/contracts/world.ts';
import { createFaults, NOBODY_GUARDED, type Target } from '../../../../src/world/sites/faults.ts';
import { createSpotCapacity } from '../../../../src/world/sites/spot-capacity.ts';
import { ACME_FLEET } from './acme.ts';

const QUANTIZATIONS = ['bf16', 'fp8', 'int8', 'w4a16'] as const;
const ZONES = ['us-east-1a', 'us-east-1b', 'us-central1-a'] as const;
const NAMES = ['one', 'two'] as const;

const lifecycle = fc.constantFrom(...LIFECYCLES);
const quantization = fc.constantFrom(...QUANTIZATIONS);
const name = fc.constantFrom(...NAMES);
const zones = fc.subarray([...ZONES]);
const factor = fc.double({ min: 1.01, max: 3, noNaN: true });
const drop = fc.double({ min: 0.01, max: 0.5, noNaN: true });
const fault: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({ kind: fc.constant('slow-nodes'), lifecycle, factor }),
  fc.record({ kind: fc.constant('slow-quantization'), quantization, factor }),
  fc.record({ kind: fc.constant('quality-drop'), lifecycle, drop }),
  fc.record({ kind: fc.constant('bad-revision'), revision: name, drop }),
  fc.record({ kind: fc.constant('bad-template'), chatTemplate: name, drop }),
  fc.record({ kind: fc.constant('spot-price-move'), factor }),
  fc.record({ kind: fc.constant('no-spot-capacity'), zones }),
  fc.record({ kind: fc.constant('termination-protection'), nodes: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ kind: fc.constant('stop-traffic') }),
);
const target: fc.Arbitrary<Target> = fc
  .record({ lifecycle, quantization, revision: name, chatTemplate: name })
  .map(({ chatTemplate, ...rest }) => ({
    lifecycle: rest.lifecycle,
    configuration: {
      ...ACME_FLEET.engineConfiguration,
      quantization: rest.quantization,
      revision: rest.revision,
      chat_template: chatTemplate,
    },
  }));

/** Whether the text of a fault names what the target is: told apart from how the code decides. */
function names(one: Fault, { lifecycle: life, configuration }: Target): boolean {
  const { quantization: bits, revision, chat_template: template } = configuration;
  const wanted: Record<string, string> = {
    'slow-nodes': life,
    'quality-drop': life,
    'slow-quantization': bits,
    'bad-revision': revision,
    'bad-template': template,
  };
  return Object.values(one).includes(wanted[one.kind] ?? Number.NaN);
}

describe('faults', () => {
  test('slow and spoil exactly the targets they name', () => {
    fc.assert(
      fc.property(fc.array(fault, { maxLength: 6 }), target, (all, one) => {
        const faults = createFaults();
        for (const each of all) faults.add(each);
        const strikes = all.filter((each) => names(each, one));
        expect(faults.slowFactor(one) > 1).toBe(strikes.some(({ kind }) => kind.startsWith('slow')));
        const spoiled = strikes.some(({ kind }) => kind.startsWith('bad') || kind === 'quality-drop');
        expect(faults.qualityDrop(one) > 0).toBe(spoiled);
        expect(faults.trafficStopped).toBe(all.some(({ kind }) => kind === 'stop-traffic'));
        faults.clear();
        expect([faults.slowFactor(one), faults.qualityDrop(one), faults.spotPriceFactor]).toEqual([1, 0, 1]);
        expect(faults.guarded).toEqual(NOBODY_GUARDED);
      }),
    );
  });

  test('take spot capacity from the zones they name, and from all when they name none', () => {
    fc.assert(
      fc.property(fc.array(fault, { maxLength: 6 }), fc.constantFrom(...ZONES), (all, zone) => {
        const faults = createFaults();
        for (const each of all) faults.add(each);
        const gone = all.some(
          (each) =>
            each.kind === 'no-spot-capacity' && (each.zones.length === 0 || each.zones.includes(zone)),
        );
        expect(faults.hasSpotCapacity(zone)).toBe(!gone);
      }),
    );
  });
});

describe('spot capacity', () => {
  test('is away from an interruption until the last outage of the zone is over', () => {
    const outage = fc.record({
      zone: fc.constantFrom(...ZONES),
      capacityBackAtMs: fc.integer({ min: 1, max: 1_000 }),
    });
    fc.assert(
      fc.property(fc.array(outage), fc.constantFrom(...ZONES), fc.nat(1_100), (outages, zone, nowMs) => {
        const capacity = createSpotCapacity(createFaults());
        capacity.took(
          outages.map((one) => ({
            ...one,
            instanceId: 'i-1',
            cause: 'zone',
            noticeAtMs: 0,
            reclaimAtMs: 0,
          })),
        );
        const open = outages.some((one) => one.zone === zone && one.capacityBackAtMs > nowMs);
        expect(capacity.has(zone, nowMs)).toBe(!open);
      }),
    );
  });
});
