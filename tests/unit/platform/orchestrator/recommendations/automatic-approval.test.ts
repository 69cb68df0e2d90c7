import { describe, expect, it } from 'vitest';

import { RECOMMENDATION_TYPES } from '../../../../../src/contracts/api/recommendations.ts';
import {
  approvalsNeeded,
  automaticDecision,
  mayApproveItself,
} from '../../../../../src/platform/orchestrator/recommendations/automatic-approval.ts';
import { validationState } from '../../../../../src/platform/orchestrator/recommendations/policy.ts';

const AUTOMATIC = ['quality_rollback', 'spot_replacement', 'return_to_spot'];

describe('automatic approval', () => {
  it.each(RECOMMENDATION_TYPES)('of %s is as the table says', (type) => {
    expect(mayApproveItself(type, { always_require_approval: false })).toBe(AUTOMATIC.includes(type));
    expect(mayApproveItself(type, { always_require_approval: true })).toBe(type === 'quality_rollback');
  });

  it('is signed by the policy with a reason of its own', () => {
    const decisions = AUTOMATIC.map((type) =>
      automaticDecision(type as (typeof RECOMMENDATION_TYPES)[number]),
    );
    expect(decisions.map(({ actor }) => actor)).toEqual(AUTOMATIC.map(() => 'system:policy'));
    expect(new Set(decisions.map(({ reason }) => reason)).size).toBe(3);
  });

  it('of a rollback needs the performance agent only, and a veto still stops it', () => {
    const needed = approvalsNeeded('quality_rollback');
    const performance = { agent_type: 'performance', verdict: 'approve' } as const;
    expect(validationState('application', [performance], needed).kind).toBe('validated');
    expect(validationState('application', [], needed)).toEqual({ kind: 'waiting', missing: ['performance'] });
    const veto = { agent_type: 'cost', verdict: 'veto' } as const;
    expect(validationState('application', [performance, veto], needed)).toEqual({
      kind: 'vetoed',
      by: ['cost'],
    });
    // Any other type waits for a second agent.
    expect(validationState('application', [performance], approvalsNeeded('quantization')).kind).toBe(
      'waiting',
    );
  });
});
