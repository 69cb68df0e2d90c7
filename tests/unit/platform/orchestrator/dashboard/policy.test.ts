import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { AgentView } from '../../../../../src/contracts/api/orchestration.ts';
import {
  agentCards,
  nonConflictingSavings,
} from '../../../../../src/platform/orchestrator/dashboard/policy.ts';
import { planOf } from '../conflicts/parties.ts';

const offer = (saving: number, deployment: string, replaced: readonly string[] = []) => ({
  estimated_savings: saving,
  plan: {
    kind: 'spot_migration' as const,
    deployment,
    provider: 'aws' as const,
    region: 'us-east-1',
    instance_type: 'p4d.24xlarge',
    replace_instance_ids: replaced,
    keep_instance_ids: [],
    spot_nodes: [],
    fallback_zones: [],
    kept_on_demand_share: 0.25,
  },
});

describe('potential savings', () => {
  it('count the better of two offers for one deployment, and both for two', () => {
    expect(nonConflictingSavings([offer(100, 'a'), offer(300, 'a')])).toBe(300);
    expect(nonConflictingSavings([offer(100, 'a'), offer(300, 'b')])).toBe(400);
    expect(nonConflictingSavings([offer(100, 'a', ['i-1']), offer(300, 'b', ['i-1'])])).toBe(300);
    const hybrid = { estimated_savings: 350, plan: planOf('hybrid', 'a') };
    expect(nonConflictingSavings([offer(300, 'a'), hybrid, offer(50, 'b')])).toBe(400);
  });

  it('lie between the best offer and the sum of all', () => {
    const offers = fc.array(
      fc.record({ saving: fc.integer({ min: -100, max: 1_000 }), on: fc.constantFrom('a', 'b', 'c') }),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(offers, (list) => {
        const positive = list.map(({ saving }) => Math.max(0, saving));
        const total = nonConflictingSavings(list.map(({ saving, on }) => offer(saving, on)));
        expect(total).toBeGreaterThanOrEqual(Math.max(...positive));
        expect(total).toBeLessThanOrEqual(positive.reduce((sum, saving) => sum + saving, 0));
      }),
    );
  });
});

describe('agent cards', () => {
  it('show the best instance of each type, and say who is absent', () => {
    const agent = (status: AgentView['status']): AgentView => ({
      agent_id: status,
      agent_type: 'cost',
      name: status,
      version: '1',
      status,
      endpoint: '',
      load: 0,
      current_tasks: 0,
      last_heartbeat_at: null,
    });
    const cards = agentCards(['cost', 'resource'], [agent('unreachable'), agent('healthy')]);
    expect(cards.map(({ status }) => status)).toEqual(['healthy', 'absent']);
  });
});
