import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { AGENT_TYPES, RISK_LEVELS } from '../../../../../src/contracts/api/common.ts';
import {
  OPINIONS,
  OPTIMIZATION_STATUSES,
  RECOMMENDATION_STATUSES,
} from '../../../../../src/contracts/api/recommendations.ts';
import {
  checkApproval,
  expiresAtMs,
  mayMove,
  RECOMMENDATION_TRANSITIONS,
  requiresApproval,
  statusFollowing,
  validationState,
} from '../../../../../src/platform/orchestrator/recommendations/policy.ts';

const HOUR_MS = 3_600_000;
const opinions = fc.uniqueArray(
  fc.record({ agent_type: fc.constantFrom(...AGENT_TYPES), verdict: fc.constantFrom(...OPINIONS) }),
  { selector: ({ agent_type }) => agent_type },
);

describe('validation', () => {
  it('never passes a veto, whoever else approves', () => {
    fc.assert(
      fc.property(opinions, (list) => {
        fc.pre(list.some(({ verdict }) => verdict === 'veto'));
        expect(validationState('cost', list).kind).toBe('vetoed');
      }),
    );
  });

  it('needs performance and application', () => {
    fc.assert(
      fc.property(opinions, (list) => {
        const voices = new Set(list.map(({ agent_type }) => agent_type));
        const decisive = voices.has('performance') && voices.has('application');
        fc.pre(!list.some(({ verdict }) => verdict === 'veto'));
        expect(validationState('cost', list).kind === 'validated').toBe(decisive);
      }),
    );
  });

  it('needs two others when one of the decisive agents is the author', () => {
    const application = { agent_type: 'application', verdict: 'approve' } as const;
    expect(validationState('performance', [application]).kind).toBe('waiting');
    const cost = { agent_type: 'cost', verdict: 'approve_with_condition' } as const;
    expect(validationState('performance', [application, cost]).kind).toBe('validated');
  });
});

describe('approval', () => {
  const validated = { kind: 'validated' } as const;
  it('is allowed for what is validated and in time, and for nothing else', () => {
    fc.assert(
      fc.property(fc.constantFrom(...RECOMMENDATION_STATUSES), fc.boolean(), (status, late) => {
        const check = checkApproval({ status, expiresAtMs: 10, validation: validated }, late ? 10 : 9);
        expect(check.allowed).toBe(status === 'validated' && !late);
      }),
    );
  });

  it('says why not', () => {
    const vetoed = { kind: 'vetoed', by: ['resource'] } as const;
    expect(checkApproval({ status: 'validated', expiresAtMs: 1, validation: vetoed }, 0)).toMatchObject({
      code: 'NOT_VALIDATED',
      why: expect.stringContaining('resource') as string,
    });
    expect(checkApproval({ status: 'completed', expiresAtMs: 1, validation: validated }, 0)).toMatchObject({
      code: 'ALREADY_DECIDED',
    });
  });

  const sure = {
    savingsUsdPerMonth: 1_000,
    confidence: 0.8,
    risk: 'low',
    alwaysRequireApproval: false,
  } as const;
  it('is not needed at the limits', () => {
    expect(requiresApproval(sure)).toBe(false);
  });
  it.each([
    { savingsUsdPerMonth: 1_000.01 },
    { confidence: 0.79 },
    { risk: 'medium' as const },
    { alwaysRequireApproval: true },
  ])('is needed beyond them: %o', (change) => {
    expect(requiresApproval({ ...sure, ...change })).toBe(true);
  });
});

describe('time and state', () => {
  it.each([
    ['low', 168],
    ['medium', 48],
    ['high', 24],
    ['critical', 4],
  ] as const)('lets a %s offer stand for %d hours', (risk, hours) => {
    expect(expiresAtMs(risk, 1_000)).toBe(1_000 + hours * HOUR_MS);
  });

  it('shortens the time with the risk', () => {
    const times = RISK_LEVELS.map((risk) => expiresAtMs(risk, 0));
    expect(times).toEqual([...times].sort((a, b) => b - a));
  });

  it('never leaves a final state, and reaches execution only through approval', () => {
    for (const from of RECOMMENDATION_STATUSES) {
      const next = RECOMMENDATION_TRANSITIONS[from];
      if (['completed', 'rejected', 'expired', 'failed', 'rolled_back'].includes(from))
        expect(next).toEqual([]);
      expect(mayMove(from, 'executing')).toBe(from === 'approved');
      expect(mayMove(from, 'approved')).toBe(from === 'validated');
    }
  });

  it('has an answer for every state of an optimization that the approved may take', () => {
    for (const status of OPTIMIZATION_STATUSES) {
      const next = statusFollowing(status);
      if (next !== undefined && next !== 'completed') expect(mayMove('approved', next)).toBe(true);
      if (next !== undefined && next !== 'executing') expect(mayMove('executing', next)).toBe(true);
    }
  });
});
