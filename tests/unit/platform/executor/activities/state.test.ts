import { expect, test } from 'vitest';

import type { PriceQuote } from '../../../../../src/contracts/market.ts';
import { toRolloutOrder } from '../../../../../src/platform/executor/activities/order.ts';
import { createPriceActivities } from '../../../../../src/platform/executor/activities/prices.ts';
import { createStateActivities } from '../../../../../src/platform/executor/activities/state.ts';
import { TAGS, type CloudInstance } from '../../../../../src/platform/executor/cloud/cloud.ts';
import type { InstanceTraffic } from '../../../../../src/platform/executor/judgement/telemetry.ts';
import { targetGroup } from '../../../../../src/platform/executor/policy/parts.ts';
import { configuration, migration } from '../../../../workflow/executor/fake-rollout.ts';
import { contextOf, executionOrder, instance, partial } from './fixtures.ts';

const order = toRolloutOrder(executionOrder(), 60);
const node = (instanceId: string, change: Partial<CloudInstance> = {}): CloudInstance => ({
  instanceId,
  instanceType: 'p4d.24xlarge',
  zone: 'us-east-1a',
  lifecycle: 'on_demand',
  state: 'running',
  tags: { [TAGS.deployment]: 'vllm-prod-1' },
  ...change,
});
const quote = (spotUsdPerHour: number): PriceQuote => ({
  provider: 'aws',
  region: 'us-east-1',
  instance_type: 'p4d.24xlarge',
  at: '2026-11-22T00:00:00.000Z',
  on_demand_usd_per_hour: 41.1,
  spot: ['us-east-1a', 'us-east-1b', 'us-east-1c'].map((zone) => ({ zone, usd_per_hour: spotUsdPerHour })),
  rate_kind: 'contract',
});
const even: InstanceTraffic = {
  requestsByInstance: { a: 1_350, b: 1_350, c: 1_350, d: 1_350 },
  errorsByInstance: {},
  latencyMs: { p50: 819, p95: 1_604, p99: 2_059 },
  scoredRequests: 5_400,
  meanQuality: 0.945,
};

function world(options: {
  nodes?: readonly CloudInstance[];
  traffic?: InstanceTraffic;
  spotUsdPerHour?: number;
}) {
  return partial({
    cloud: async () => ({
      describe: async (ids: readonly string[]) => ids.map((id) => node(id)),
      listBilled: async () => options.nodes ?? ['a', 'b', 'c', 'd'].map((id) => node(id)),
    }),
    market: { quote: async () => quote(options.spotUsdPerHour ?? 15) },
    orchestrator: { context: async () => contextOf(['a', 'b', 'c', 'd'].map((id) => instance(id))) },
    telemetry: {
      traffic: async () => options.traffic ?? even,
      // Telemetry keeps up with the world: only the slowest answer is missing.
      newestArrivalMs: async () => Number.MAX_SAFE_INTEGER,
    },
  });
}
const spotNodes = ['us-east-1a', 'us-east-1b', 'us-east-1c'].map((zone, index) => ({
  instanceId: `s${String(index)}`,
  zone,
  lifecycle: 'spot' as const,
}));
const question = { order, group: targetGroup(migration, []), nodes: spotNodes, retiringIds: ['a', 'b', 'c'] };

test('the snapshot holds fleet, cost, rate and the traffic as measured', async () => {
  const snapshot = await createStateActivities(world({})).takeSnapshot({ order });
  expect(snapshot.costUsdPerMonth).toBeCloseTo(120_012);
  expect(snapshot.requestsPerSecond).toBe(45);
  expect(snapshot.instances).toHaveLength(4);
  expect(snapshot.windowToMs - snapshot.windowFromMs).toBe(120_000);
  expect(snapshot.windowToMs).toBeLessThan(snapshot.takenAtWorldMs);
});

test('an instance of another deployment costs but is no member of the fleet', async () => {
  const nodes = [...['a', 'b', 'c', 'd'].map((id) => node(id)), node('x', { tags: {} })];
  const snapshot = await createStateActivities(world({ nodes })).takeSnapshot({ order });
  expect(snapshot.instances.map(({ instanceId }) => instanceId)).toEqual(['a', 'b', 'c', 'd']);
  expect(snapshot.costUsdPerMonth).toBeCloseTo(150_015);
});

test('the same state read again is restored', async () => {
  const activities = createStateActivities(world({}));
  const snapshot = await activities.takeSnapshot({ order });
  expect(await activities.verifyRestored({ order, snapshot })).toMatchObject({
    restored: true,
    differences: [],
  });
});

test('a spot node left behind is not restored', async () => {
  const snapshot = await createStateActivities(world({})).takeSnapshot({ order });
  const nodes = [...['a', 'b', 'c', 'd'].map((id) => node(id)), node('s0', { lifecycle: 'spot' })];
  const answer = await createStateActivities(world({ nodes })).verifyRestored({ order, snapshot });
  expect(answer.restored).toBe(false);
  expect(answer.differences.join()).toContain('s0 (spot) was not there before');
});

test('without requests a restoration cannot be confirmed', async () => {
  const snapshot = await createStateActivities(world({})).takeSnapshot({ order });
  const silence: InstanceTraffic = { ...even, requestsByInstance: {}, scoredRequests: 0, meanQuality: null };
  const answer = await createStateActivities(world({ traffic: silence })).verifyRestored({ order, snapshot });
  expect(answer.restored).toBe(false);
});

test('at the prices of the forecast the promise holds', async () => {
  const check = await createPriceActivities(world({})).recheckPromise(question);
  expect(check.holds).toBe(true);
  expect(check.evidence['current_savings_usd_per_month']).toBeCloseTo(57_159);
});

test('when spot prices have doubled the promise is broken', async () => {
  const check = await createPriceActivities(world({ spotUsdPerHour: 30 })).recheckPromise(question);
  expect(check.holds).toBe(false);
  expect(check.reason).toContain('promise broken');
});

test('the outcome is what now runs against what ran before', async () => {
  const snapshot = await createStateActivities(world({})).takeSnapshot({ order });
  const nodes = [
    node('d'),
    ...spotNodes.map(({ instanceId, zone }) => node(instanceId, { zone, lifecycle: 'spot' })),
  ];
  const outcome = await createPriceActivities(world({ nodes })).measureOutcome({
    order,
    snapshot,
    sinceWorldMs: null,
  });
  expect(outcome.actualSavingsUsdPerMonth).toBeCloseTo(57_159);
  expect(outcome.measured).toMatchObject({ on_demand_nodes: 1, spot_nodes: 3 });
});

test('latency and quality are told before and after, each as measured', async () => {
  const snapshot = await createStateActivities(world({})).takeSnapshot({ order });
  const tuned: InstanceTraffic = {
    ...even,
    errorsByInstance: { a: 2 },
    latencyMs: { p50: 381, p95: 694, p99: 879 },
    meanQuality: 0.94,
  };
  const outcome = await createPriceActivities(world({ traffic: tuned })).measureOutcome({
    order,
    snapshot,
    sinceWorldMs: snapshot.takenAtWorldMs - 120_000,
  });
  expect(outcome.actualSavingsUsdPerMonth).toBeCloseTo(0);
  expect(outcome.measured).toMatchObject({
    latency_ms_p95_before: 1_604,
    latency_ms_p95_after: 694,
    latency_ms_p99_after: 879,
    quality_before: 0.945,
    quality_after: 0.94,
    error_rate_after: 2 / 5_400,
  });
});

test('a configuration that is not back on one node is not restored', async () => {
  const changed = { ...configuration, quantization: 'fp8' as const };
  const reporting = (b: typeof changed | typeof configuration) => {
    const dependencies = world({});
    const context = contextOf(['a', 'b', 'c', 'd'].map((id) => instance(id)));
    const deployments = context.deployments.map((one) => ({
      ...one,
      engine_configurations: { a: configuration, b },
    }));
    return { ...dependencies, orchestrator: { context: async () => ({ ...context, deployments }) } } as never;
  };
  const snapshot = await createStateActivities(reporting(configuration)).takeSnapshot({ order });
  const answer = await createStateActivities(reporting(changed)).verifyRestored({ order, snapshot });
  expect(answer.differences).toEqual(['engine setting quantization of b is fp8, was bf16']);
});
