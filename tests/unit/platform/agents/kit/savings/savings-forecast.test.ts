import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { InterruptionPreset } from '../../../../../../src/contracts/market.ts';
import {
  interruptionsPerMonth,
  monthlyCostUsd,
  type FleetCostInputs,
} from '../../../../../../src/platform/agents/kit/savings/monthly-cost.ts';
import { forecastSavings } from '../../../../../../src/platform/agents/kit/savings/savings-forecast.ts';

const CALM: InterruptionPreset = { name: 'calm', interruptions_per_node_hour: 1.83e-4, availability: 0.97 };
const TRACED: InterruptionPreset = { name: 'traced', interruptions_per_node_hour: 0.06, availability: 0.73 };
const HARSH: InterruptionPreset = { name: 'harsh', interruptions_per_node_hour: 0.237, availability: 0.81 };
const PRESETS = { current: CALM, presets: [CALM, TRACED, HARSH] };

const fleet = (onDemandNodes: number, spotNodes: number): FleetCostInputs => ({
  onDemandNodes,
  spotNodes,
  nodesBefore: 4,
  onDemandUsdPerHour: 30_000 / 730,
  spotUsdPerHour: 15,
  coldStartSeconds: 600,
  transferGbPerMonth: 0,
  transferUsdPerGb: 0,
});

describe('forecastSavings', () => {
  it.each([
    [1, 3, 64_582],
    [0, 4, 46_105],
    [1, 2, 53_059],
    [2, 0, 60_014],
  ])('costs %i on demand + %i spot at $%i a month, calm', (onDemand, spot, expected) => {
    expect(monthlyCostUsd(fleet(onDemand, spot), CALM)).toBeCloseTo(expected, -0.5);
    expect(Math.round(monthlyCostUsd(fleet(onDemand, spot), CALM))).toBe(expected);
  });

  it('saves 46.2 % calm and 34–35 % when spot is scarce, for one on demand and three spot', () => {
    const share = (preset: InterruptionPreset): number => 1 - monthlyCostUsd(fleet(1, 3), preset) / 120_000;
    expect(share(CALM)).toBeCloseTo(0.462, 3);
    expect(share(TRACED)).toBeCloseTo(0.34, 2);
    expect(share(HARSH)).toBeCloseTo(0.353, 2);
  });

  it('gives the interval over the published presets', () => {
    const forecast = forecastSavings(fleet(1, 3), PRESETS);
    expect(forecast.costBeforeUsdPerMonth).toBeCloseTo(120_000, 6);
    expect(Math.round(forecast.savingsUsdPerMonth)).toBe(55_418);
    expect(forecast.highUsdPerMonth).toBe(forecast.savingsUsdPerMonth);
    expect(Math.round(forecast.lowUsdPerMonth)).toBe(120_000 - 79_191);
  });

  it('keeps the expected saving inside its interval for any market', () => {
    const preset = fc.record({
      name: fc.constant('calm' as const),
      interruptions_per_node_hour: fc.double({ min: 0, max: 1, noNaN: true }),
      availability: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(preset, fc.array(preset, { maxLength: 4 }), (current, presets) => {
        const forecast = forecastSavings(fleet(1, 3), { current, presets });
        expect(forecast.savingsUsdPerMonth).toBeGreaterThanOrEqual(forecast.lowUsdPerMonth);
        expect(forecast.savingsUsdPerMonth).toBeLessThanOrEqual(forecast.highUsdPerMonth);
      }),
    );
  });

  it('charges nothing for interruptions that do not happen', () => {
    const never: InterruptionPreset = { name: 'calm', interruptions_per_node_hour: 0, availability: 1 };
    expect(interruptionsPerMonth(3, never)).toBe(0);
    const running = 730 * (30_000 / 730 + 3 * 15);
    expect(monthlyCostUsd(fleet(1, 3), never)).toBeCloseTo(running + (4 * 30_000) / 730 / 12, 6);
  });

  it('adds transfer by the gigabyte', () => {
    const moved = { ...fleet(1, 3), transferGbPerMonth: 355, transferUsdPerGb: 0.09 };
    expect(monthlyCostUsd(moved, CALM) - monthlyCostUsd(fleet(1, 3), CALM)).toBeCloseTo(31.95, 6);
  });
});
