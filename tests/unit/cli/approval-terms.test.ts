import { expect, it } from 'vitest';

import { approvalTerms, checkApproval } from '../../../src/cli/runs/approval-terms.ts';
import { CUSTOMER_JOURNEY, SPOT_MIGRATION } from '../../../src/contracts/scenarios/index.ts';

it('refuses to wait for a person where no phase asks one', () => {
  expect(() => checkApproval(CUSTOMER_JOURNEY, { approve: 'manual' })).toThrow(
    '--approve manual: no phase of customer-journey asks a person',
  );
  expect(() => checkApproval(SPOT_MIGRATION, { approve: 'manual' })).not.toThrow();
});

it('refuses terms of a decision that nobody is to take', () => {
  expect(() => checkApproval(SPOT_MIGRATION, { approve: 'auto', approvalDeadline: 1_000 })).toThrow(
    'are for runs that wait for a person',
  );
});

it('leaves the input as it was without terms, and fills in the other one', () => {
  expect(approvalTerms({ approve: 'manual' })).toEqual({});
  expect(approvalTerms({ approve: 'manual', approvalDefault: 'reject' })).toEqual({
    approval: { deadlineMs: 86_400_000, otherwise: 'reject' },
  });
  expect(approvalTerms({ approve: 'manual', approvalDeadline: 60_000 })).toEqual({
    approval: { deadlineMs: 60_000, otherwise: 'undecided' },
  });
});
