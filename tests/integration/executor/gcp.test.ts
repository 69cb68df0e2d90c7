import type { AddressInfo } from 'node:net';

import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

import { createCloudAccess } from '../../../src/platform/executor/cloud/access.ts';
import { TAGS, type Cloud, type LaunchRequest } from '../../../src/platform/executor/cloud/cloud.ts';
import { openGcp } from '../../../src/platform/executor/cloud/gcp.ts';
import type { CloudDoor } from '../../../src/platform/executor/contract.ts';
import { anchorNow, createClock } from '../../../src/support/clock.ts';
import { sequentialIds } from '../../../src/support/ids.ts';
import { createLogger } from '../../../src/support/logging.ts';
import { createGcpServer } from '../../../src/world/clouds/gcp/server.ts';
import { GcpStore } from '../../../src/world/clouds/gcp/store.ts';
import { createGcpTokens } from '../../../src/world/clouds/gcp/tokens.ts';

const wallMs = (): number => Date.parse('2026-11-22T00:00:00Z');
const clock = createClock(anchorNow(60));
const ids = sequentialIds();
let dryZone = '';
const store = new GcpStore({ ids, worldMs: wallMs, hasSpotCapacity: (_project, zone) => zone !== dryZone });
const tokens = createGcpTokens({ ids, wallMs, hasProject: (project) => store.hasProject(project) });
let server: FastifyInstance;
let endpoint: string;
let projects = 0;
let door: CloudDoor;
let cloud: Cloud;

beforeAll(async () => {
  server = createGcpServer({ store, tokens, logger: createLogger('test', 'silent') });
  await server.listen({ host: '127.0.0.1', port: 0 });
  endpoint = `http://127.0.0.1:${String((server.server.address() as AddressInfo).port)}`;
});
afterAll(() => server.close());

const enter = (at: string, through: CloudDoor): Promise<Cloud> =>
  createCloudAccess({
    aws: () => Promise.reject(new Error('not asked here')),
    gcp: openGcp({ endpoint: at, wallMs: () => clock.wallMs() }),
  })(through);

beforeEach(async () => {
  dryZone = '';
  projects += 1;
  const project = `site-${String(projects)}`;
  store.openProject(project);
  door = {
    provider: 'gcp',
    region: 'us-central1',
    account_id: project,
    roleArn: null,
    serviceAccount: `optiinfra@${project}.iam.gserviceaccount.com`,
  };
  cloud = await enter(endpoint, door);
});

const request = (change: Partial<LaunchRequest> = {}): LaunchRequest => ({
  instanceType: 'a2-highgpu-8g',
  zone: 'us-central1-a',
  lifecycle: 'spot',
  clientToken: '0s-us-central1-a-opt_1-new-0',
  tags: { [TAGS.deployment]: 'vllm-gcp', [TAGS.optimization]: 'opt_1', [TAGS.slot]: 'new-0' },
  likeInstanceIds: [],
  ...change,
});

test('a spot machine is made, found by its tags, billed, and ended', async () => {
  const made = await cloud.launch(request());
  expect(made).toMatchObject({
    instanceType: 'a2-highgpu-8g',
    zone: 'us-central1-a',
    lifecycle: 'spot',
    state: 'running',
    tags: { [TAGS.deployment]: 'vllm-gcp', [TAGS.slot]: 'new-0' },
  });
  expect(await cloud.findByTag(TAGS.optimization, 'opt_1')).toEqual([made]);
  expect(await cloud.findByTag(TAGS.optimization, 'opt_2')).toEqual([]);
  expect(await cloud.listBilled()).toEqual([made]);
  await cloud.terminate([made.instanceId]);
  expect(await cloud.describe([made.instanceId])).toEqual([]);
  await cloud.terminate([made.instanceId]);
});

test('the same token makes one machine, another zone or lifecycle another', async () => {
  const first = await cloud.launch(request());
  expect(await cloud.launch(request())).toEqual(first);
  const other = await cloud.launch(
    request({ lifecycle: 'on_demand', clientToken: '0o-us-central1-a-opt_1-new-0' }),
  );
  expect(other.lifecycle).toBe('on_demand');
  expect(await cloud.listBilled()).toHaveLength(2);
});

test('machines of another region are not this place’s', async () => {
  await cloud.launch(request({ zone: 'us-east4-a' })).catch((error: unknown) => error);
  expect(await cloud.listBilled()).toEqual([]);
});

test('a zone without room says so in our words', async () => {
  dryZone = 'us-central1-a';
  await expect(cloud.launch(request())).rejects.toMatchObject({ code: 'NO_SPOT_CAPACITY' });
});

test('a type the cloud does not have, and a protected machine, are refusals', async () => {
  await expect(cloud.launch(request({ instanceType: 'p4d.24xlarge' }))).rejects.toMatchObject({
    code: 'CLOUD_REFUSED',
  });
  const made = await cloud.launch(request());
  store.protect(door.account_id, made.zone, made.instanceId, true);
  await expect(cloud.terminate([made.instanceId])).rejects.toMatchObject({ code: 'CLOUD_REFUSED' });
});

test('a service account of another project is refused, a silent cloud is an outage', async () => {
  store.openProject('foreign');
  const stranger = await enter(endpoint, {
    ...door,
    serviceAccount: 'optiinfra@foreign.iam.gserviceaccount.com',
  });
  await expect(stranger.listBilled()).rejects.toMatchObject({ code: 'CLOUD_REFUSED' });
  await expect(enter(endpoint, { ...door, serviceAccount: null })).rejects.toMatchObject({
    code: 'CLOUD_REFUSED',
  });
  const away = await enter('http://127.0.0.1:9', door);
  await expect(away.listBilled()).rejects.toMatchObject({ code: 'DEPENDENCY_UNAVAILABLE' });
}, 30_000);
