import { describe, expect, it, vi } from 'vitest';

import type { HybridSolution } from '../../../../../src/contracts/api/orchestration.ts';
import type { HybridPlan } from '../../../../../src/contracts/api/recommendations.ts';
import { DEFAULT_PREFERENCES } from '../../../../../src/platform/orchestrator/customers/default-preferences.ts';
import { conflictsAmong, type Party } from '../../../../../src/platform/orchestrator/conflicts/detection.ts';
import { byPriority, preferredAgent } from '../../../../../src/platform/orchestrator/conflicts/priorities.ts';
import { settle, type Negotiation } from '../../../../../src/platform/orchestrator/conflicts/strategy.ts';
import { party, planOf, veto } from './parties.ts';

const cost = party('cost', 'spot_migration', { estimated_savings: 55_000 });
const performance = party('perf', 'configuration_change', {
  agent_type: 'performance',
  estimated_savings: 0,
});
const resource = party('res', 'scale_in', { agent_type: 'resource', estimated_savings: 30_000 });

const NONE: Negotiation = { hybrid: null, reasons: ['No hybrid holds.'] };
const nobodyAsks = () => Promise.reject(new Error('nobody is asked'));
const settleBy = (parties: readonly Party[], preferences = {}, answer: Negotiation = NONE) =>
  settle(parties, { ...DEFAULT_PREFERENCES, ...preferences }, () => Promise.resolve(answer));
const losers = ({ rejected }: { rejected: readonly { recommendation_id: string }[] }) =>
  rejected.map(({ recommendation_id }) => recommendation_id).sort();

const hybrid: HybridSolution = {
  plan: { ...(planOf('hybrid') as HybridPlan), recommendation_ids: ['cost', 'perf'] },
  forecast: {
    cost_before_usd_per_month: 120_000,
    cost_after_usd_per_month: 53_059,
    raw_savings_usd_per_month: 66_941,
    savings_usd_per_month: 66_941,
    low_usd_per_month: 60_000,
    high_usd_per_month: 67_000,
    inputs: {},
    patterns: [],
    latency: null,
  },
  confidence: 0.8,
  risk_level: 'medium',
  reasons: ['Tuned nodes carry more.'],
};

describe('the preference of a customer', () => {
  it('is what he puts strictly above all else', () => {
    const of = (c: number, p: number, q: number) =>
      preferredAgent({ cost_priority: c, performance_priority: p, quality_priority: q });
    expect(of(0.9, 0.5, 0.5)).toBe('cost');
    expect(of(0.1, 0.5, 0.4)).toBe('performance');
    expect(of(0.1, 0.5, 0.6)).toBe('application');
    expect(of(0.5, 0.5, 0.5)).toBeUndefined();
    expect(of(0.9, 0.9, 0.1)).toBeUndefined();
  });

  it('decides before anyone is asked, and a different one decides differently', async () => {
    const parties = [cost, performance, resource];
    const byCost = await settle(parties, { ...DEFAULT_PREFERENCES, cost_priority: 0.9 }, nobodyAsks);
    expect(byCost).toMatchObject({
      resolution_strategy: 'prioritize_customer',
      chosen_recommendation: 'cost',
    });
    expect(byCost.hybrid_solution ?? byCost.execution_order).toBeNull();
    expect(losers(byCost)).toEqual(['perf', 'res']);
    const byPerformance = await settleBy(parties, { performance_priority: 0.9 });
    expect(byPerformance.chosen_recommendation).toBe('perf');
    expect(byPerformance.rejected.every(({ reason }) => reason.includes('perf'))).toBe(true);
  });

  it('for something that nobody proposes decides nothing, and says so', async () => {
    const settled = await settleBy([cost, resource], { quality_priority: 0.9 });
    expect(settled.chosen_recommendation).toBe('cost');
    expect(settled.reasons.join(' ')).toContain('prefers application, which proposes none');
  });
});

describe('without a preference', () => {
  it('a hybrid gives each its part, and what has none loses', async () => {
    const settled = await settleBy([cost, performance, resource], {}, { hybrid, reasons: ['Both fit.'] });
    expect(settled).toMatchObject({
      resolution_strategy: 'negotiate_hybrid',
      hybrid_solution: hybrid,
      chosen_recommendation: null,
      execution_order: null,
    });
    expect(losers(settled)).toEqual(['cost', 'perf', 'res']);
  });

  it('what does not contradict goes one after another, the configuration before its nodes are exchanged', async () => {
    const settled = await settleBy([cost, performance]);
    expect(settled).toMatchObject({
      resolution_strategy: 'sequential_execution',
      execution_order: [['perf'], ['cost']],
      rejected: [],
    });
  });

  it('the order of authors decides a contradiction, and the reasons say that no preference was stated', async () => {
    const settled = await settleBy([resource, cost]);
    expect(settled).toMatchObject({
      resolution_strategy: 'prioritize_customer',
      chosen_recommendation: 'cost',
      rejected: [{ recommendation_id: 'res' }],
    });
    expect(settled.reasons.join(' ')).toContain('no preference');
    expect(settled.rejected[0]?.reason).toContain('one replaces nodes that the other retires');
  });

  it('goes by quality, performance, cost, resource; then saving, confidence, risk', () => {
    const order = (...parties: Party[]) => [...parties].sort(byPriority).map(({ id }) => id);
    const quality = party('quality', 'configuration_change', { agent_type: 'application' });
    expect(order(resource, cost, performance, quality)).toEqual(['quality', 'perf', 'cost', 'res']);
    const less = { ...cost, id: 'less', estimated_savings: 1 };
    expect(order(less, cost)).toEqual(['cost', 'less']);
    const surer = { ...cost, id: 'surer', confidence: 0.95 };
    expect(order(cost, surer)).toEqual(['surer', 'cost']);
    const safer = { ...cost, id: 'safer', risk_level: 'low' as const };
    expect(order(cost, safer)).toEqual(['safer', 'cost']);
  });
});

describe('a veto', () => {
  it('excludes even what the customer prefers, and what waits for it', async () => {
    const vetoed = { ...cost, validations: veto('application', 'Quality is broken.') };
    const follower = party('after', 'scale_in', { plan: planOf('scale_in', 'other'), depends_on: ['cost'] });
    const settled = await settleBy([vetoed, performance, follower], { cost_priority: 0.9 });
    expect(losers(settled)).toEqual(['after', 'cost']);
    expect(settled.execution_order).toEqual([['perf']]);
    expect(settled.reasons[0]).toContain('vetoed by application: Quality is broken.');
  });
});

describe('disjoint work', () => {
  it('is no conflict, asks nobody and runs in one group', async () => {
    const elsewhere = party('else', 'scale_in', { plan: planOf('scale_in', 'other') });
    expect(conflictsAmong([cost, elsewhere])).toEqual([]);
    const settled = await settle([cost, elsewhere], DEFAULT_PREFERENCES, nobodyAsks);
    expect(settled.execution_order?.map((group) => [...group].sort())).toEqual([['cost', 'else']]);
  });

  it('stays when others lose, and shared work follows in a later group', async () => {
    const elsewhere = party('else', 'placement', { plan: planOf('placement', 'other') });
    const settled = await settleBy([cost, resource, elsewhere]);
    expect(losers(settled)).toEqual(['res']);
    const sequence = await settleBy([cost, performance, elsewhere]);
    expect(sequence.execution_order).toEqual([['perf', 'else'], ['cost']]);
  });
});

describe('a dependency', () => {
  it('settles by itself who goes first, against the usual order', async () => {
    const negotiate = vi.fn(nobodyAsks);
    const waiting = { ...performance, depends_on: ['cost'] };
    const settled = await settle([waiting, cost], { ...DEFAULT_PREFERENCES, cost_priority: 0.9 }, negotiate);
    expect(settled.execution_order).toEqual([['cost'], ['perf']]);
    expect(negotiate).not.toHaveBeenCalled();
    expect(conflictsAmong([waiting, cost]).map(({ kind }) => kind)).toEqual(['same_resource', 'dependency']);
  });

  it('keeps with the chosen one what that waits for', async () => {
    const needed = party('needed', 'configuration_change', { agent_type: 'resource' });
    const chosen = { ...cost, depends_on: ['needed'] };
    const settled = await settleBy([needed, performance, chosen], { cost_priority: 0.9 });
    expect(settled.chosen_recommendation).toBe('cost');
    expect(losers(settled)).toEqual(['perf']);
  });
});

describe('conflicts', () => {
  it('are named by kind, pair and reason', () => {
    expect(conflictsAmong([cost, performance, resource])).toMatchObject([
      { kind: 'same_resource', between: ['cost', 'perf'], deployment: 'd' },
      { kind: 'contradictory_action', between: ['cost', 'res'] },
      { kind: 'same_resource', between: ['perf', 'res'] },
    ]);
  });
});
