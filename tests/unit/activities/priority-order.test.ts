import { expect, it } from 'vitest';

import { rulingOf } from '../../../activities/priority-order.ts';
import type { Proposal } from '../../../src/contracts/coordination-activities.ts';

const proposal = (agentType: Proposal['agentType'], savingsUsdPerMonth = 0): Proposal => ({
  recommendationId: `rec_${agentType}_${String(savingsUsdPerMonth)}`,
  agentType,
  type: agentType === 'cost' ? 'spot_migration' : 'kv_cache_optimization',
  deployment: `d-${String(savingsUsdPerMonth)}`,
  savingsUsdPerMonth,
});
const BOTH = [proposal('cost', 10), proposal('performance')];
const equal = { cost_priority: 1, performance_priority: 1, quality_priority: 1 };
const sharing = { conflicts: [{ kind: 'same_resource' as const }], hybridFound: false };
const contradicting = { conflicts: [{ kind: 'contradictory_action' as const }], hybridFound: false };

it('lets the strictly highest priority win, even where there is a hybrid', () => {
  const cost = { ...equal, cost_priority: 2 };
  expect(rulingOf(BOTH, cost, { ...sharing, hybridFound: true })).toEqual({
    strategy: 'prioritize_customer',
    winner: 'cost: spot_migration d-10',
  });
});

it('lets the greater saving of the preferred agent win', () => {
  const cost = { ...equal, cost_priority: 2 };
  expect(rulingOf([proposal('cost', 5), ...BOTH], cost, sharing).winner).toBe('cost: spot_migration d-10');
});

it('takes the hybrid where no priority stands out, or its agent proposes nothing', () => {
  const found = { ...contradicting, hybridFound: true };
  expect(rulingOf(BOTH, equal, found)).toEqual({ strategy: 'negotiate_hybrid', winner: 'hybrid' });
  const quality = { ...equal, quality_priority: 2 };
  expect(rulingOf(BOTH, quality, found).strategy).toBe('negotiate_hybrid');
});

it('puts one after another what only shares nodes', () => {
  expect(rulingOf(BOTH, equal, sharing)).toEqual({ strategy: 'sequential_execution', winner: 'none' });
});

it('falls back to the order of authors: performance before cost before resource', () => {
  expect(rulingOf(BOTH, equal, contradicting).winner).toBe('performance: kv_cache_optimization d-0');
  expect(rulingOf([proposal('resource'), proposal('cost', 10)], equal, contradicting).winner).toBe(
    'cost: spot_migration d-10',
  );
});

it('needs no winner where nothing is in conflict, whatever is preferred', () => {
  const cost = { ...equal, cost_priority: 2 };
  expect(rulingOf(BOTH, cost, { conflicts: [], hybridFound: false }).winner).toBe('none');
});
