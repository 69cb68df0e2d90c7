import { expect, test } from 'vitest';

import { missingFrom } from '../../../activities/audit.ts';

const entry = (action: string, subject: string, data: Readonly<Record<string, unknown>> = {}, at = '') => ({
  action,
  subject,
  data,
  at,
});
const whole = [
  entry('recommendation.approved', 'rec_1'),
  entry('optimization.queued', 'opt_1'),
  entry('optimization.step_started', 'opt_1', { step: 'deploy_canary' }),
  entry('optimization.step_rolled_back', 'opt_1', { step: 'deploy_canary' }),
  entry('optimization.status', 'opt_1', { status: 'rolling_back' }, '2026-11-25T04:00:00.000Z'),
  entry('optimization.status', 'opt_1', { status: 'rolled_back' }, '2026-11-25T04:00:02.000Z'),
];
const told = {
  recommendationId: 'rec_1',
  optimizationId: 'opt_1',
  steps: [
    { name: 'deploy_canary', status: 'rolled_back' },
    { name: 'full_migration', status: 'pending' },
  ],
  status: 'rolled_back',
};

test('an audit that tells everything lacks nothing', () => {
  expect(missingFrom(whole, told)).toEqual([]);
});

test.each(
  whole.filter(({ data }) => data['status'] !== 'rolling_back').map((each) => [each.action, each] as const),
)('without %s something is missing, and it is named', (action, left) => {
  const [missing] = missingFrom(
    whole.filter((each) => each !== left),
    told,
  );
  expect(missing).toContain(action);
});

test('entries of another optimization do not count', () => {
  expect(missingFrom(whole, { ...told, optimizationId: 'opt_2' })).toHaveLength(4);
});
