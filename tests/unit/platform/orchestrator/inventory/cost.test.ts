import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { PriceQuote } from '../../../../../src/contracts/market.ts';
import { costOfFleet, hourlyRate } from '../../../../../src/platform/orchestrator/inventory/cost.ts';

const quote: PriceQuote = {
  provider: 'aws',
  region: 'us-east-1',
  instance_type: 'p4d.24xlarge',
  at: '2026-11-22T00:00:00.000Z',
  on_demand_usd_per_hour: 41.1,
  spot: [{ zone: 'us-east-1a', usd_per_hour: 15 }],
  rate_kind: 'contract',
};
const node = (lifecycle: 'on_demand' | 'spot', state = 'running') => ({
  lifecycle,
  state,
  usd_per_hour: hourlyRate(quote, lifecycle, 'us-east-1a'),
});

describe('the cost of a fleet', () => {
  it('is the reference figure for four nodes on demand', () => {
    const cost = costOfFleet(Array.from({ length: 4 }, () => node('on_demand')));
    expect(cost.monthlyCostUsd).toBeCloseTo(120_012, 6);
    expect(cost).toMatchObject({ onDemandNodes: 4, spotNodes: 0 });
  });

  it('bills what runs and nothing else', () => {
    for (const state of ['pending', 'shutting-down', 'terminated']) {
      expect(costOfFleet([node('spot', state)])).toMatchObject({ costRateUsdPerHour: 0, spotNodes: 0 });
    }
  });

  it('is the sum of its parts', () => {
    const fleet = fc.array(fc.constantFrom(node('on_demand'), node('spot'), node('spot', 'pending')));
    fc.assert(
      fc.property(fleet, fleet, (a, b) => {
        const whole = costOfFleet([...a, ...b]).costRateUsdPerHour;
        expect(whole).toBeCloseTo(costOfFleet(a).costRateUsdPerHour + costOfFleet(b).costRateUsdPerHour, 8);
      }),
    );
  });

  it('is unknown rather than guessed for a spot node in a zone without a price', () => {
    expect(() => hourlyRate(quote, 'spot', 'us-east-1z')).toThrow(/us-east-1z/);
  });
});
