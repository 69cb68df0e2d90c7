import { expect, test } from 'vitest';

import type { ExecutionOrder } from '../../../../../src/contracts/api/orchestration.ts';
import { toRolloutOrder } from '../../../../../src/platform/executor/activities/order.ts';
import { contextOf, executionOrder, instance } from './fixtures.ts';

const good = executionOrder();

test('an order says what, where, for whom and under which promises', () => {
  expect(toRolloutOrder(good, 60)).toMatchObject({
    optimizationId: 'opt_1',
    accountId: '123456789012',
    roleArn: 'arn:aws:iam::123456789012:role/OptiInfraRole',
    retiringIds: ['a', 'b', 'c'],
    keptIds: ['d'],
    promisedSavingsUsdPerMonth: 55_430,
    minimumOnDemandShare: 0.25,
    timeScale: 60,
  });
});

const withPlan = (change: object): ExecutionOrder => ({
  ...good,
  recommendation: { ...good.recommendation, plan: { ...good.recommendation.plan, ...change } },
});

test.each([
  [
    'has ended',
    { ...good, optimization: { ...good.optimization, status: 'completed' as const } },
    'already ended',
  ],
  ['is of another kind', withPlan({ kind: 'kv_cache_optimization' }), 'kv_cache_optimization'],
  ['makes no node', withPlan({ spot_nodes: [] }), 'plan.spot_nodes'],
  ['replaces no node', withPlan({ replace_instance_ids: [] }), 'plan.replace_instance_ids'],
  ['has no role', { ...good, cloud_access: { ...good.cloud_access, iam_role_arn: null } }, 'iam_role_arn'],
  [
    'names instances that are gone',
    { ...good, context: contextOf([instance('a', { state: 'terminated' }), instance('b'), instance('d')]) },
    'no longer run: a, c',
  ],
])('an order that %s is refused, naming it', (_name, order, message) => {
  expect(() => toRolloutOrder(order, 60)).toThrow(message);
});
