import { ServiceError } from '@temporalio/client';
import { describe, expect, it } from 'vitest';

import type { TemporalConnection } from '../../../../src/cli/runs/temporal.ts';
import { inScheduleWords } from '../../../../src/cli/schedules/schedule-errors.ts';

const NOWHERE = {} as TemporalConnection;

describe('a call about a schedule', () => {
  it.each([
    new ServiceError('Failed to describe schedule', { cause: new Error('14 UNAVAILABLE: no connection') }),
    Object.assign(new Error('14 UNAVAILABLE: no connection'), {
      code: 14,
      details: 'no connection',
      metadata: {},
    }),
  ])('says that Temporal went away: %s', async (error) => {
    await expect(inScheduleWords(NOWHERE, 'nightly', () => Promise.reject(error))).rejects.toMatchObject({
      code: 'TEMPORAL_UNREACHABLE',
      hint: '`e2e health` shows every process.',
      cause: { message: '14 UNAVAILABLE: no connection' },
    });
  });

  it('leaves an error of ours as it is', async () => {
    const error = new Error('a bug');
    await expect(inScheduleWords(NOWHERE, 'nightly', () => Promise.reject(error))).rejects.toBe(error);
  });
});
