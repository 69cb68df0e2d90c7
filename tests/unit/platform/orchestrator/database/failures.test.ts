import { describe, expect, it } from 'vitest';

import {
  isConnectionLoss,
  isDeadlock,
  isUniqueViolation,
} from '../../../../../src/platform/orchestrator/database/failures.ts';

const failure = (code: string, constraint?: string): Error =>
  Object.assign(new Error('x'), { code, constraint });

describe('failures of PostgreSQL', () => {
  it.each(['ECONNREFUSED', 'ECONNRESET', '08006', '57P01', '57P03', '53300'])(
    '%s is a lost connection',
    (code) => {
      expect(isConnectionLoss(failure(code))).toBe(true);
    },
  );

  it.each(['23505', '42501', '22P02', '57014'])('%s is none', (code) => {
    expect(isConnectionLoss(failure(code))).toBe(false);
  });

  it('knows what the driver says without a code', () => {
    expect(isConnectionLoss(new Error('Connection terminated unexpectedly'))).toBe(true);
    expect(isConnectionLoss(new Error('something else'))).toBe(false);
    expect(isConnectionLoss('text')).toBe(false);
  });

  it('tells deadlocks and taken values apart', () => {
    expect([isDeadlock(failure('40P01')), isDeadlock(failure('23505'))]).toEqual([true, false]);
    expect(isUniqueViolation(failure('23505', 'users_email_key'), 'users_email_key')).toBe(true);
    expect(isUniqueViolation(failure('23505', 'other'), 'users_email_key')).toBe(false);
    expect(isUniqueViolation(failure('23503'))).toBe(false);
  });
});
