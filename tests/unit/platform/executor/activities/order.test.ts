import { expect, test } from 'vitest';

import type { ExecutionOrder } from '../../../../../src/contracts/api/orchestration.ts';
import type {
  OptimizationPlan,
  ReplacementPlan,
  ScaleInPlan,
} from '../../../../../src/contracts/api/recommendations.ts';
import { toRolloutOrder } from '../../../../../src/platform/executor/activities/order.ts';
import { migration, tuning } from '../../../../workflow/executor/fake-rollout.ts';
import { contextOf, executionOrder, instance } from './fixtures.ts';

const good = executionOrder();

test('an order says what, where, for whom, under which promises and by which right', () => {
  expect(toRolloutOrder(good, 60)).toMatchObject({
    optimizationId: 'opt_1',
    plan: { kind: 'spot_migration' },
    doors: [
      {
        provider: 'aws',
        account_id: '123456789012',
        roleArn: 'arn:aws:iam::123456789012:role/OptiInfraRole',
      },
    ],
    lease: { optimization_id: 'opt_1', fencing_token: 7 },
    memberIds: ['a', 'b', 'c', 'd'],
    promisedSavingsUsdPerMonth: 55_430,
    minimumOnDemandShare: 0.25,
    timeScale: 60,
  });
});

test('a replacement may name a node that is gone', () => {
  const plan: ReplacementPlan = {
    kind: 'replacement',
    deployment: 'vllm-prod-1',
    provider: 'aws',
    region: 'us-east-1',
    instance_type: 'p4d.24xlarge',
    lost_instance_id: 'gone',
    spot_zones: ['us-east-1b'],
    on_demand_zone: 'us-east-1a',
  };
  expect(toRolloutOrder({ ...good, recommendation: { ...good.recommendation, plan } }, 60).plan).toBe(plan);
});

const withPlan = (plan: OptimizationPlan): ExecutionOrder => ({
  ...good,
  recommendation: { ...good.recommendation, plan },
});
const only = (...ids: string[]) => contextOf(ids.map((id) => instance(id)));
const retireAll: ScaleInPlan = {
  kind: 'scale_in',
  reason: 'over_provisioned',
  deployment: 'vllm-prod-1',
  provider: 'aws',
  region: 'us-east-1',
  instance_type: 'p4d.24xlarge',
  retire_instance_ids: ['a', 'b', 'c', 'd'],
  keep_instance_ids: [],
};
const [access] = good.cloud_access;

test.each([
  [
    'has ended',
    { ...good, optimization: { ...good.optimization, status: 'completed' as const } },
    'already ended',
  ],
  ['has a lease of another', { ...good, lease: { optimization_id: 'opt_2', fencing_token: 8 } }, 'opt_2'],
  ['has no role', { ...good, cloud_access: [{ ...access, iam_role_arn: null }] }, 'iam_role_arn'],
  ['has no access where it acts', { ...good, cloud_access: [] }, 'none for aws us-east-1'],
  [
    'has access to a place without an account',
    { ...good, cloud_access: [{ ...access, region: 'us-west-2' }] },
    'no account at aws us-west-2',
  ],
  [
    'restarts the only node',
    { ...withPlan({ ...tuning, instance_ids: ['a'] }), context: only('a') },
    'without an outage',
  ],
  ['leaves nothing to serve', withPlan(retireAll), 'nothing would serve'],
  [
    'has a part about another deployment',
    withPlan({
      ...retireAll,
      kind: 'hybrid',
      parts: [tuning, { ...migration, deployment: 'other' }],
      recommendation_ids: ['rec_1', 'rec_2'],
    }),
    'one is about other',
  ],
  [
    'names instances that are gone',
    { ...good, context: contextOf([instance('a', { state: 'terminated' }), instance('b'), instance('d')]) },
    'no longer run: a, c',
  ],
])('an order that %s is refused, naming it', (_name, order, message) => {
  expect(() => toRolloutOrder(order as ExecutionOrder, 60)).toThrow(message);
});
