import { InstancesClient, ZoneOperationsClient, type protos } from '@google-cloud/compute';
import { Impersonated, OAuth2Client } from 'google-auth-library';
import type { FastifyInstance } from 'fastify';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { sequentialIds } from '../../../src/support/ids.ts';
import { createLogger } from '../../../src/support/logging.ts';
import { createGcp } from '../../../src/world/clouds/gcp/gcp.ts';
import { createGcpServer } from '../../../src/world/clouds/gcp/server.ts';
import { GcpStore } from '../../../src/world/clouds/gcp/store.ts';
import { createGcpTokens } from '../../../src/world/clouds/gcp/tokens.ts';

const ZONE = 'us-central1-a';
const ids = sequentialIds();
let wallMs = Date.parse('2026-11-22T00:00:00Z');
let dry = false;
const store = new GcpStore({ ids, worldMs: () => wallMs, hasSpotCapacity: () => !dry });
const tokens = createGcpTokens({
  ids,
  wallMs: () => wallMs,
  hasProject: (project) => store.hasProject(project),
});
let server: FastifyInstance;
let port: number;

beforeAll(async () => {
  server = createGcpServer({ store, tokens, logger: createLogger('test', 'silent') });
  await server.listen({ host: '127.0.0.1', port: 0 });
  port = (server.server.address() as AddressInfo).port;
});
afterAll(() => server.close());

/** What OptiInfra's executor does: an identity of its own, the customer's service account, the official client. */
function lent(project: string, serviceAccount = `optiinfra@${project}.iam.gserviceaccount.com`) {
  const sourceClient = new OAuth2Client();
  sourceClient.setCredentials({ access_token: 'own', expiry_date: Number.MAX_SAFE_INTEGER });
  const authClient = new Impersonated({
    sourceClient,
    targetPrincipal: serviceAccount,
    targetScopes: ['https://www.googleapis.com/auth/compute'],
    endpoint: `http://127.0.0.1:${port}`,
  });
  const options = {
    apiEndpoint: '127.0.0.1',
    port,
    protocol: 'http',
    authClient: authClient as never,
  };
  return { instances: new InstancesClient(options), operations: new ZoneOperationsClient(options) };
}

const resource = (name: string, changes: protos.google.cloud.compute.v1.IInstance = {}) => ({
  name,
  machineType: `zones/${ZONE}/machineTypes/a2-highgpu-8g`,
  labels: { 'optiinfra-deployment': 'vllm-gcp' },
  ...changes,
});
const SPOT = { scheduling: { provisioningModel: 'SPOT' } };

describe('Compute Engine by the official client', () => {
  let project: string;
  let count = 0;
  const account = async () => createGcp(store, ids).openAccount(project, 'us-central1');
  beforeEach(() => {
    dry = false;
    count += 1;
    project = `site-${count}`;
    store.openProject(project);
  });

  test('inserts a spot machine, waits for it, shows it and deletes it', async () => {
    const { instances, operations } = lent(project);
    const [started] = await instances.insert({
      project,
      zone: ZONE,
      instanceResource: resource('node-1', SPOT),
    });
    const operation = started.latestResponse as { name?: string; status?: string };
    const [done] = await operations.wait({ project, zone: ZONE, operation: operation.name ?? '' });
    expect(done.status).toBe('DONE');
    expect(done.error).toBeFalsy();
    const [shown] = await instances.get({ project, zone: ZONE, instance: 'node-1' });
    expect(shown).toMatchObject({
      name: 'node-1',
      status: 'RUNNING',
      labels: { 'optiinfra-deployment': 'vllm-gcp' },
      scheduling: { provisioningModel: 'SPOT' },
    });
    expect(shown.machineType).toMatch(/\/a2-highgpu-8g$/);
    expect(await (await account()).describe()).toMatchObject([
      { instanceId: 'node-1', lifecycle: 'spot', tags: { 'optiinfra:deployment': 'vllm-gcp' } },
    ]);
    await instances.delete({ project, zone: ZONE, instance: 'node-1' });
    const [left] = await instances.list({ project, zone: ZONE });
    expect(left).toEqual([]);
  });

  test('lists by label and over all zones what the customer started', async () => {
    const launched = await (
      await account()
    ).launchOnDemand({
      zone: ZONE,
      instanceType: 'a2-highgpu-8g',
      count: 2,
      tags: { 'optiinfra:deployment': 'vllm-gcp', 'optiinfra:run': 'run_1' },
    });
    const names = launched.map(({ instanceId }) => instanceId).sort();
    const { instances } = lent(project);
    const filter = 'labels.optiinfra-deployment=vllm-gcp';
    const [listed] = await instances.list({ project, zone: ZONE, filter });
    expect(listed.map(({ name }) => name).sort()).toEqual(names);
    const [none] = await instances.list({ project, zone: ZONE, filter: 'labels.optiinfra-deployment=other' });
    expect(none).toEqual([]);
    const everywhere: string[] = [];
    for await (const [, scope] of instances.aggregatedListAsync({ project })) {
      everywhere.push(...(scope.instances ?? []).map(({ name }) => name ?? ''));
    }
    expect(everywhere.sort()).toEqual(names);
  });

  test('ends the operation with an exhausted pool where there is no spot machine, and makes none', async () => {
    dry = true;
    const { instances } = lent(project);
    const [started] = await instances.insert({
      project,
      zone: ZONE,
      instanceResource: resource('node-1', SPOT),
    });
    const { error } = started.latestResponse as { error?: { errors?: { code?: string }[] } };
    expect(error?.errors?.[0]?.code).toBe('ZONE_RESOURCE_POOL_EXHAUSTED');
    expect(store.list(project)).toEqual([]);
    await instances.insert({ project, zone: ZONE, instanceResource: resource('node-2') });
    expect(store.list(project)).toHaveLength(1);
  });

  test('counts a repeated request once and refuses a name that is taken', async () => {
    const { instances } = lent(project);
    const request = {
      project,
      zone: ZONE,
      instanceResource: resource('node-1'),
      requestId: crypto.randomUUID(),
    };
    await instances.insert(request);
    await instances.insert(request);
    expect(store.list(project)).toHaveLength(1);
    const { requestId: _requestId, ...again } = request;
    await expect(instances.insert(again)).rejects.toThrow('already exists');
  });

  test('refuses what it cannot run, with the field', async () => {
    const { instances } = lent(project);
    const insert = (changes: object) =>
      instances.insert({ project, zone: ZONE, instanceResource: resource('node-1', changes) });
    await expect(insert({ machineType: 'n1-standard-1' })).rejects.toThrow('resource.machineType');
    await expect(insert({ labels: { 'optiinfra:deployment': 'x' } })).rejects.toThrow('resource.labels');
    await expect(insert({ name: 'Node_1' })).rejects.toThrow('resource.name');
    expect(store.list(project)).toEqual([]);
  });

  test('does not delete a machine that the customer protects', async () => {
    const customer = await account();
    const [node] = await customer.launchOnDemand({
      zone: ZONE,
      instanceType: 'a2-highgpu-8g',
      count: 1,
      tags: {},
    });
    const instance = node?.instanceId ?? '';
    await customer.protect([instance], true);
    const { instances } = lent(project);
    await expect(instances.delete({ project, zone: ZONE, instance })).rejects.toThrow(
      'protected against deletion',
    );
    await expect(customer.terminate([instance])).rejects.toMatchObject({ code: 'CLOUD_REFUSED' });
    await customer.protect([instance], false);
    await instances.delete({ project, zone: ZONE, instance });
    expect(store.list(project)).toEqual([]);
  });

  test('lets nobody in without a token, with one of another project, or with one that has run out', async () => {
    store.openProject('site-other');
    const foreign = lent(project, 'optiinfra@site-other.iam.gserviceaccount.com');
    await expect(foreign.instances.list({ project, zone: ZONE })).rejects.toThrow('does not have permission');
    const unknown = lent(project, 'optiinfra@nobody.iam.gserviceaccount.com');
    await expect(unknown.instances.list({ project, zone: ZONE })).rejects.toThrow();
    const url = `http://127.0.0.1:${port}/compute/v1/projects/${project}/zones/${ZONE}/instances`;
    expect((await fetch(url)).status).toBe(401);
    const { token } = tokens.issue(`optiinfra@${project}.iam.gserviceaccount.com`);
    const headers = { authorization: `Bearer ${token}` };
    expect((await fetch(url, { headers })).status).toBe(200);
    wallMs += 3_600_000;
    expect((await fetch(url, { headers })).status).toBe(401);
  });
});
