import { expect, test } from 'vitest';

import { createObservationActivities } from '../../../../../src/platform/executor/activities/observation.ts';
import { toRolloutOrder } from '../../../../../src/platform/executor/activities/order.ts';
import type { CloudInstance } from '../../../../../src/platform/executor/cloud/cloud.ts';
import type { StageWindow } from '../../../../../src/platform/executor/contract.ts';
import type { ArmSample } from '../../../../../src/platform/executor/judgement/decide.ts';
import type { InstanceTraffic } from '../../../../../src/platform/executor/judgement/telemetry.ts';
import { contextOf, executionOrder, instance, partial } from './fixtures.ts';

const order = toRolloutOrder(executionOrder(), 60);
const START_MS = 60_000_000;
const node = (instanceId: string, state: CloudInstance['state'] = 'running'): CloudInstance => ({
  instanceId,
  instanceType: 'p4d.24xlarge',
  zone: 'us-east-1a',
  lifecycle: 'spot',
  state,
  tags: {},
});
const arm = (requests: number): ArmSample => ({
  instanceIds: ['s1'],
  requests,
  errors: 0,
  latencyMsP50: 800,
  latencyMsP95: 1_600,
  latencyMsP99: 2_000,
  overLatencyMsP95: 0,
  overLatencyMsP99: 0,
  qualitySamples: requests,
  meanQuality: 0.945,
  qualityVariance: 0.005,
});
const window: StageWindow = {
  canary: { instanceIds: ['s1'], fromMs: START_MS, toMs: null },
  control: { instanceIds: ['a'], fromMs: START_MS, toMs: null },
  requirement: { requestsPerArm: 450, qualitySamplesPerArm: 183, proveErrorRate: false, mode: 'strict' },
  prior: { requests: 0, errors: 0 },
  interrupted: [],
  watchIds: ['s1'],
  deadlineWorldMs: START_MS + 3_600_000,
};
const silence: InstanceTraffic = {
  requestsByInstance: {},
  errorsByInstance: {},
  scoredRequests: 0,
  meanQuality: null,
  latencyMs: null,
};

/** Traffic that comes in at each look; the node ends at look `endsAt`. */
function side(options: {
  endsAt: number;
  requestsALook: number;
  traffic?: InstanceTraffic;
  ready?: boolean;
  /** The cloud announces to take it at this look. */
  announcedAt?: number;
}) {
  let looks = 0;
  let asked = 0;
  return partial({
    cloud: async () => ({
      describe: async (ids: readonly string[]) => {
        looks += 1;
        return ids.map((id) => node(id, looks >= options.endsAt ? 'terminated' : 'running'));
      },
    }),
    orchestrator: {
      context: async () => {
        asked += 1;
        const ready = options.ready ?? true;
        const at = asked >= (options.announcedAt ?? Infinity) ? '2026-11-22T00:02:00.000Z' : null;
        return contextOf([instance('a', { ready }), instance('s1', { ready, interruption_at: at })]);
      },
    },
    telemetry: {
      sample: async () => ({
        canary: arm(looks * options.requestsALook),
        control: arm(looks * options.requestsALook),
        latencyPValue: 0.5,
        allRequests: looks * options.requestsALook * 2,
      }),
      traffic: async () => options.traffic ?? silence,
      newestArrivalMs: async () => Number.MAX_SAFE_INTEGER,
    },
  });
}

test('a watched node that ends closes the window without a verdict', async () => {
  const activities = createObservationActivities(side({ endsAt: 3, requestsALook: 10 }));
  expect(await activities.observeStage({ order, window })).toEqual({ kind: 'lost', instanceIds: ['s1'] });
});

test('a watched node that the cloud announces to take closes the window while it still runs', async () => {
  const activities = createObservationActivities(side({ endsAt: 99, requestsALook: 10, announcedAt: 3 }));
  expect(await activities.observeStage({ order, window })).toEqual({ kind: 'lost', instanceIds: ['s1'] });
});

test('a window is not judged when a node was lost since the last look', async () => {
  const activities = createObservationActivities(side({ endsAt: 99, requestsALook: 450, announcedAt: 2 }));
  expect(await activities.observeStage({ order, window })).toEqual({ kind: 'lost', instanceIds: ['s1'] });
});

test('a node that the cloud has forgotten counts as lost', async () => {
  const dependencies = side({ endsAt: 99, requestsALook: 10 });
  const forgetful = { ...dependencies, cloud: async () => ({ describe: async () => [] }) } as never;
  const seen = await createObservationActivities(forgetful).observeStage({ order, window });
  expect(seen.kind).toBe('lost');
});

test('a window in which every node lives is judged when it holds enough', async () => {
  const activities = createObservationActivities(side({ endsAt: 99, requestsALook: 225 }));
  const seen = await activities.observeStage({ order, window });
  expect(seen).toMatchObject({ kind: 'judged', judgement: { verdict: 'passed', canary: { requests: 450 } } });
});

const quiet = { endsAt: 99, requestsALook: 0 };

test('a deployment without a request for five minutes is idle', async () => {
  const activities = createObservationActivities(side(quiet));
  const seen = await activities.observeIdle({ order, fromMs: START_MS });
  expect(seen).toMatchObject({ idle: true, requests: 0 });
  expect(seen.evidence['watched_world_ms']).toBeGreaterThanOrEqual(300_000);
});

test('one request is enough to be busy, and it is not waited for more', async () => {
  const traffic = { ...silence, requestsByInstance: { a: 1 } };
  const seen = await createObservationActivities(side({ ...quiet, traffic })).observeIdle({
    order,
    fromMs: START_MS,
  });
  expect(seen).toMatchObject({ idle: false, requests: 1 });
});

test('silence of a deployment of which nobody reports is no idleness', async () => {
  const activities = createObservationActivities(side({ ...quiet, ready: false }));
  expect((await activities.observeIdle({ order, fromMs: START_MS })).idle).toBe(false);
});
