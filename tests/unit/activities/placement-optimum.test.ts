import { expect, test } from 'vitest';

import {
  findOptimum,
  type Offer,
  type Situation,
  type Standing,
} from '../../../activities/placement-optimum.ts';

const HOURS = 730;

/** Without interruptions, so that a month is hours × price. */
function offer(
  provider: Offer['provider'],
  region: string,
  instanceType: string,
  onDemand: number,
  spot: readonly number[],
): Offer {
  return {
    provider,
    region,
    instanceType,
    quote: {
      provider,
      region,
      instance_type: instanceType,
      at: '2026-11-22T12:00:00.000Z',
      on_demand_usd_per_hour: onDemand,
      spot: spot.map((usd, index) => ({ zone: `${region}${String(index)}`, usd_per_hour: usd })),
      rate_kind: 'list',
    },
    interruptions: {
      current: { name: 'calm', interruptions_per_node_hour: 0, availability: 1 },
      presets: [],
      notice_seconds: 120,
      cold_start_seconds: 600,
    },
  };
}

function standing(change: Partial<Standing> = {}): Standing {
  return {
    name: 'b',
    provider: 'gcp',
    region: 'us-central1',
    instanceType: 'a2-highgpu-8g',
    nodes: 4,
    requestGbPerMonth: 0,
    answerGbPerMonth: 0,
    ...change,
  };
}

const TRANSFER: Situation['transfer'] = {
  aws: {
    provider: 'aws',
    internet_egress: [
      { up_to_gb: 100, usd_per_gb: 0 },
      { up_to_gb: 1_000, usd_per_gb: 0.1 },
      { up_to_gb: null, usd_per_gb: 0.05 },
    ],
    between_zones_usd_per_gb_each_way: 0.01,
    between_regions_usd_per_gb: 0.02,
  },
  gcp: {
    provider: 'gcp',
    internet_egress: [{ up_to_gb: null, usd_per_gb: 0.08 }],
    between_zones_usd_per_gb_each_way: 0.01,
    between_regions_usd_per_gb: 0.02,
  },
};

function situation(change: Partial<Situation> = {}): Situation {
  return {
    deployments: [standing()],
    home: { provider: 'gcp', region: 'us-central1' },
    offers: [
      offer('gcp', 'us-central1', 'a2-highgpu-8g', 30, []),
      offer('aws', 'us-east-1', 'p4d.24xlarge', 20, [10, 6, 19]),
    ],
    transfer: TRANSFER,
    minimumOnDemandShare: 0.5,
    ...change,
  };
}

test('spot over the useful zones, the kept share staying behind, is worked out by hand', () => {
  const { choices, netUsdPerMonth, tried } = findOptimum(situation());
  expect(choices).toEqual(['b: 2 × p4d.24xlarge spot at aws us-east-1']);
  // Two nodes at 6 and 10 (19 is no discount on 20) instead of two at 30, which are paid for one more hour.
  expect(netUsdPerMonth).toBeCloseTo((60 - 16) * HOURS - (2 * 30) / 12, 6);
  expect(tried).toBe(3);
});

test('a customer who keeps everything on demand is moved on demand', () => {
  const { choices, netUsdPerMonth } = findOptimum(situation({ minimumOnDemandShare: 1 }));
  expect(choices).toEqual(['b: 4 × p4d.24xlarge on_demand at aws us-east-1']);
  expect(netUsdPerMonth).toBeCloseTo(4 * 10 * HOURS - (4 * 30) / 12, 6);
});

test('data that leaves the clouds is billed by who it leaves, tier by tier, and may cost more than it saves', () => {
  const heavy = standing({ requestGbPerMonth: 400_000, answerGbPerMonth: 2_000 });
  const { choices, netUsdPerMonth, bestMoves } = findOptimum(
    situation({ deployments: [heavy], minimumOnDemandShare: 1 }),
  );
  expect(choices).toEqual(['b: stays']);
  expect(netUsdPerMonth).toBe(0);
  const transfer = 400_000 * 0.08 + 900 * 0.1 + 1_000 * 0.05;
  expect(bestMoves[0]?.transferUsdPerMonth).toBeCloseTo(transfer, 6);
  expect(bestMoves[0]?.netUsdPerMonth).toBeCloseTo(4 * 10 * HOURS - (4 * 30) / 12 - transfer, 6);
});

test('spot where it is keeps a deployment from moving for less', () => {
  const aws = standing({ name: 'a', provider: 'aws', region: 'us-east-1', instanceType: 'p4d.24xlarge' });
  const offers = [
    offer('aws', 'us-east-1', 'p4d.24xlarge', 20, [6]),
    offer('aws', 'us-west-2', 'p4d.24xlarge', 20, [8]),
  ];
  const found = findOptimum(
    situation({ deployments: [aws], offers, home: { provider: 'aws', region: 'us-east-1' } }),
  );
  expect(found.choices).toEqual(['a: stays']);
  expect(found.movesNetUsdPerMonth).toBe(0);
  expect(found.bestMoves[0]?.netUsdPerMonth).toBeGreaterThan(0);
});

test('a situation without a price for what runs is refused', () => {
  expect(() => findOptimum(situation({ offers: [] }))).toThrow('no price for b');
});
