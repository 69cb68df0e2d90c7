import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { CustomerContext } from '../../../../../src/contracts/api/orchestration.ts';
import type { PriceQuote } from '../../../../../src/contracts/market.ts';
import { analyzeCost } from '../../../../../src/platform/agents/cost/analyze.ts';
import { validateCost } from '../../../../../src/platform/agents/cost/opinion.ts';
import { assignCheapest, type Choice } from '../../../../../src/platform/agents/cost/placement/assign.ts';
import { egressUsd } from '../../../../../src/platform/agents/cost/placement/transfer.ts';
import type { MarketQuestion } from '../../../../../src/platform/agents/kit/market-client.ts';
import { OptiInfraError } from '../../../../../src/support/errors.ts';
import {
  acme,
  fakeServices,
  node,
  quote,
  recommendationOf,
  requestsSeen,
  TRANSFER,
  type FakeMeasurements,
} from '../fakes.ts';

const GCP = { provider: 'gcp', region: 'us-central1', account_id: 'acme-project' } as const;

/** Acme at GCP, with AWS open to it. */
function atGcp(changes: Parameters<typeof acme>[0] = {}): CustomerContext {
  const context = acme({
    instances: [1, 2, 3, 4].map((number) =>
      node(number, {
        provider: 'gcp',
        region: 'us-central1',
        zone: 'us-central1-a',
        instance_type: 'a2-highgpu-8g',
        usd_per_hour: 29.38708,
      }),
    ),
    ...changes,
  });
  return { ...context, cloud: GCP, clouds: [GCP, context.cloud] };
}

/** On demand at AWS at this price; spot is no discount unless told. */
const awsAt =
  (onDemand: number, spot = onDemand) =>
  ({ provider, region, instanceType }: MarketQuestion): PriceQuote => {
    if (provider === 'aws' && instanceType === 'p4d.24xlarge') {
      const zones = quote().spot.map((zone) => ({ ...zone, usd_per_hour: spot }));
      return quote({ on_demand_usd_per_hour: onDemand, spot: zones });
    }
    if (provider === 'gcp' && region === GCP.region && instanceType === 'a2-highgpu-8g') {
      const spotThere = [{ zone: 'us-central1-a', usd_per_hour: 14.4308 }];
      return quote({
        provider,
        region,
        instance_type: instanceType,
        on_demand_usd_per_hour: 29.38708,
        spot: spotThere,
      });
    }
    throw new OptiInfraError('DEPENDENCY_UNAVAILABLE', 'no price', { details: { status: 404 } });
  };

async function placement(changes: Partial<FakeMeasurements>) {
  const services = fakeServices({ context: atGcp(), ...changes });
  const { recommendations, findings } = await analyzeCost(services, {
    task_id: 'tsk_1',
    type: 'analyze',
    customer_id: 'cus_acme',
    analysis_id: 'anl_1',
    trigger: null,
  });
  const draft = recommendations.find(({ type }) => type === 'cross_cloud_placement') ?? null;
  return { draft, said: findings.join('\n'), services };
}

describe('cross-cloud placement', () => {
  it('moves where the net saving is, transfer included', async () => {
    const { draft } = await placement({ quoteOf: awsAt(21.957642) });
    if (draft?.plan.kind !== 'placement') throw new Error('no placement');
    const { plan, forecast } = draft;
    expect(plan.target).toMatchObject({
      provider: 'aws',
      instance_type: 'p4d.24xlarge',
      lifecycle: 'on_demand',
    });
    expect(plan.target.nodes).toHaveLength(4);
    // 45 requests/s: 118.26 million a month of 340 × 4 + 500 bytes, and as many answers of 12 × 4 + 500.
    const [requestGb, answerGb] = [118.26 * 1.86, 118.26 * 0.548];
    expect(plan.transfer.gb_per_month).toBeCloseTo(requestGb + answerGb, 6);
    // Requests leave GCP at 0.12; of the answers AWS gives 100 GB.
    expect(plan.transfer.usd_per_month).toBeCloseTo(requestGb * 0.12, 6);
    const overlap = (4 * 29.38708) / 12;
    const net = 4 * 730 * (29.38708 - 21.957642) - overlap - requestGb * 0.12;
    expect(forecast.savings_usd_per_month).toBeCloseTo(net, 4);
    expect(forecast.latency).not.toBeNull();
  });

  it('is found again at the same prices, and vetoed when the prices are gone', async () => {
    const { draft, services } = await placement({ quoteOf: awsAt(21.957642) });
    const task = {
      task_id: 'tsk_2',
      type: 'validate',
      customer_id: 'cus_acme',
      recommendation: recommendationOf(draft!),
    } as const;
    const { validation } = await validateCost(services, task);
    expect(validation.verdict).toBe('approve');
    expect(validation.figures['savings_usd_per_month_at_current_prices']).toBeCloseTo(
      draft!.forecast.savings_usd_per_month,
      6,
    );
    const dear = fakeServices({ context: atGcp(), quoteOf: awsAt(35) });
    expect((await validateCost(dear, task)).validation.verdict).toBe('veto');
  });

  it('takes spot there, with the minimum on-demand share staying behind', async () => {
    const { draft } = await placement({ quoteOf: awsAt(21.957642, 8) });
    expect(draft?.plan).toMatchObject({
      target: { lifecycle: 'spot' },
      replace_instance_ids: ['i-1', 'i-2', 'i-3'],
      keep_instance_ids: ['i-4'],
    });
    expect(draft!.forecast.low_usd_per_month).toBeLessThan(draft!.forecast.savings_usd_per_month);
  });

  it('does not move when the net is not positive, and says by how much', async () => {
    const { draft, said } = await placement({ quoteOf: awsAt(29.38) });
    expect(draft).toBeNull();
    expect(said).toMatch(
      /no move, the best one \(4 × p4d.24xlarge on demand at aws us-east-1\) would net −\$\d+/,
    );
  });

  it('does not move what costs more to send than it saves, by the bytes that were counted', async () => {
    const quoteOf = awsAt(21.957642);
    const light = await placement({ quoteOf });
    expect(light.draft).not.toBeNull();
    const requests = { ...requestsSeen(), requestBytesMean: 3_001_860, responseBytesMean: 548 };
    const heavy = await placement({ quoteOf, requests });
    expect(heavy.draft).toBeNull();
    const requestGb = 118.26 * 3_001.86;
    const transfer = egressUsd(TRANSFER.gcp.internet_egress, requestGb);
    const net = 4 * 730 * (29.38708 - 21.957642) - (4 * 29.38708) / 12 - transfer;
    expect(net).toBeLessThan(0);
    expect(heavy.said).toContain(`would net −$${Math.round(-net).toLocaleString('en-US')} a month`);
  });

  it('does not move for less than spot at home saves', async () => {
    const home = acme();
    const context = { ...home, clouds: [home.cloud, GCP] };
    const there = ({ provider, region, instanceType }: MarketQuestion): PriceQuote =>
      provider === 'aws'
        ? quote()
        : quote({
            provider,
            region,
            instance_type: instanceType,
            on_demand_usd_per_hour: 39,
            spot: [{ zone: 'us-central1-a', usd_per_hour: 39 }],
          });
    const { draft, said } = await placement({ context, quoteOf: there });
    expect(draft).toBeNull();
    expect(said).toMatch(/would save \$6,0\d{2} a month, spot where it is \$55,418/);
  });

  it('does not move to other GPUs, or past a broken promise', async () => {
    const onlyH100 = (question: MarketQuestion): PriceQuote => {
      if (question.instanceType === 'p5.48xlarge') return quote({ on_demand_usd_per_hour: 1 });
      throw new OptiInfraError('DEPENDENCY_UNAVAILABLE', 'no price', { details: { status: 404 } });
    };
    expect((await placement({ quoteOf: onlyH100 })).said).toContain('no other place offers nodes like these');
    const strict = atGcp({ slo: { latency_ms_p95_degraded: 2_000 } });
    const { draft } = await placement({
      context: { ...strict, instances: atGcp().instances },
      quoteOf: awsAt(21.957642),
    });
    expect(draft).toBeNull();
  });

  it('fails, and does not decide, when the market is away', async () => {
    const away = (): PriceQuote => {
      throw new OptiInfraError('DEPENDENCY_UNAVAILABLE', 'no answer');
    };
    await expect(placement({ quoteOf: away })).rejects.toThrow('no answer');
  });
});

describe('the assignment', () => {
  const gb = fc.constantFrom(0, 60, 120, 500);
  const choice: fc.Arbitrary<Choice> = fc.record({
    usdPerMonth: fc.integer({ min: 0, max: 60 }),
    internetGb: fc.record({ aws: gb, gcp: gb }),
  });
  const tiers = [
    { up_to_gb: 100, usd_per_gb: 0 },
    { up_to_gb: 300, usd_per_gb: 0.09 },
    { up_to_gb: null, usd_per_gb: 0.05 },
  ];
  const egress = (_provider: string, amount: number): number => egressUsd(tiers, amount);

  function everyWay(deployments: readonly (readonly Choice[])[]): number {
    const ways = deployments.reduce<readonly (readonly Choice[])[]>(
      (known, choices) => known.flatMap((way) => choices.map((one) => [...way, one])),
      [[]],
    );
    return Math.min(...ways.map((way) => costOf(way)));
  }
  function costOf(way: readonly Choice[]): number {
    const sum = (read: (one: Choice) => number): number => way.reduce((total, one) => total + read(one), 0);
    return (
      sum(({ usdPerMonth }) => usdPerMonth) +
      egress(
        'aws',
        sum(({ internetGb }) => internetGb.aws),
      ) +
      egress(
        'gcp',
        sum(({ internetGb }) => internetGb.gcp),
      )
    );
  }

  it('costs what the best of all ways costs', () => {
    const instances = fc.array(fc.array(choice, { minLength: 1, maxLength: 5 }), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(instances, (deployments) => {
        const { choices, usdPerMonth } = assignCheapest(deployments, egress);
        const picked = choices.map((index, deployment) => deployments[deployment]![index]!);
        expect(usdPerMonth).toBeCloseTo(everyWay(deployments), 9);
        expect(costOf(picked)).toBeCloseTo(usdPerMonth, 9);
      }),
      { numRuns: 300 },
    );
  });

  it('shares a free tier that no deployment could use alone', () => {
    const stay: Choice = { usdPerMonth: 10, internetGb: { aws: 0, gcp: 0 } };
    const move: Choice = { usdPerMonth: 5, internetGb: { aws: 60, gcp: 0 } };
    // One moves for free; the second would pay for 20 GB, still less than the 5 it saves.
    expect(
      assignCheapest(
        [
          [stay, move],
          [stay, move],
        ],
        egress,
      ).choices,
    ).toEqual([1, 1]);
    const costly: Choice = { ...move, usdPerMonth: 9 };
    expect(
      assignCheapest(
        [
          [stay, costly],
          [stay, costly],
        ],
        egress,
      ).usdPerMonth,
    ).toBeCloseTo(19, 9);
  });
});
