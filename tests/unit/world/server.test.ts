import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { Problem } from '../../../src/contracts/errors.ts';
import type { PriceQuote } from '../../../src/contracts/market.ts';
import type { Site, SitesResponse, SiteState } from '../../../src/contracts/world.ts';
import { anchorNow, createClock } from '../../../src/support/clock.ts';
import { sequentialIds } from '../../../src/support/ids.ts';
import { createLogger } from '../../../src/support/logging.ts';
import { createWorldServer } from '../../../src/world/server.ts';
import { createSites, type Sites } from '../../../src/world/sites/sites.ts';
import { startFakePlatform, type FakePlatform } from './agent-runtime/fake-platform.ts';
import { ACME, ACME_FLEET, acmeWith } from './sites/acme.ts';
import { createFakeCloud, type FakeCloud } from './sites/fake-cloud.ts';

let cloud: FakeCloud;
let sites: Sites;
let server: FastifyInstance;

beforeEach(() => {
  cloud = createFakeCloud();
  const clock = createClock(anchorNow(60));
  const logger = createLogger('test', 'silent');
  sites = createSites({
    clouds: { aws: cloud, gcp: createFakeCloud('gcp') },
    coldStart: 'baked',
    clock,
    ids: sequentialIds(),
    logger,
  });
  server = createWorldServer({ sites, cloud, clock, logger });
});
afterEach(async () => {
  await sites.close();
  await server.close();
});

type Method = 'GET' | 'POST' | 'DELETE';

// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller names the shape it then asserts on
async function call<T>(
  method: Method,
  url: string,
  payload?: object | string,
): Promise<{ status: number; body: T }> {
  const answer = await server.inject({
    method,
    url,
    ...(payload === undefined ? {} : { payload, headers: { 'content-type': 'application/json' } }),
  });
  return { status: answer.statusCode, body: (answer.body === '' ? undefined : answer.json()) as T };
}

const accountOf = (site: Site) => site.accounts[0]?.accountId ?? '';
const createSite = (changes: object = {}) => call<Site>('POST', '/sites', { ...ACME, ...changes });

describe('sites', () => {
  test('opens one with its own account, role and fleet spread over the zones', async () => {
    const { status, body } = await createSite();
    expect(status).toBe(201);
    const accountId = accountOf(body);
    expect(accountId).toMatch(/^\d{12}$/);
    const roleArn = `arn:aws:iam::${accountId}:role/OptiInfraRole`;
    expect(body.accounts).toEqual([
      { provider: 'aws', region: 'us-east-1', accountId, roleArn, serviceAccount: null },
    ]);
    expect(body.instanceIds).toHaveLength(4);
    expect(cloud.opened).toEqual([accountId]);
    expect(new Set(cloud.live().map(({ zone }) => zone)).size).toBe(4);
    for (const { tags } of cloud.live()) {
      expect(tags).toEqual({ 'optiinfra:deployment': 'vllm-prod-1', 'optiinfra:run': 'run_1' });
    }
  });

  test('gives each site another account and its own price book', async () => {
    const first = (await createSite()).body;
    const second = (await createSite({ runId: 'run_2', priceBook: 'list' })).body;
    expect(accountOf(first)).not.toBe(accountOf(second));
    const onDemand = async (site: Site) => {
      const query = `provider=aws&account=${accountOf(site)}&region=us-east-1&instance_type=p4d.24xlarge`;
      return (await call<PriceQuote>('GET', `/market/prices?${query}`)).body.on_demand_usd_per_hour;
    };
    expect(await onDemand(first)).toBe(41.1);
    expect(await onDemand(second)).toBe(21.957642);
  });

  test('lists all of them, or those of a run', async () => {
    await createSite();
    await createSite({ runId: 'run_2', companyName: 'Globex' });
    expect((await call<SitesResponse>('GET', '/sites')).body.sites).toHaveLength(2);
    const { sites: found } = (await call<SitesResponse>('GET', '/sites?runId=run_2')).body;
    expect(found.map(({ companyName }) => companyName)).toEqual(['Globex']);
  });

  test('removes one with its machines; it and its market are unknown afterwards', async () => {
    const site = (await createSite()).body;
    const { siteId } = site;
    expect((await call('DELETE', `/sites/${siteId}`)).status).toBe(204);
    expect(cloud.live()).toEqual([]);
    const gone = await call<Problem>('GET', `/sites/${siteId}`);
    expect(gone).toMatchObject({ status: 404, body: { code: 'UNKNOWN_SITE' } });
    const query = `provider=aws&account=${accountOf(site)}&region=us-east-1&instance_type=p4d.24xlarge`;
    expect((await call('GET', `/market/prices?${query}`)).status).toBe(404);
  });

  test('keeps nothing of a site that could not open', async () => {
    cloud.away = true;
    expect((await createSite()).status).toBe(502);
    expect((await call<SitesResponse>('GET', '/sites')).body.sites).toEqual([]);
  });
});

describe('refusals', () => {
  const acmeDeployment = (deployment: string) => ({ fleets: acmeWith({ deployment }).fleets });
  const engine = (changes: object) =>
    acmeWith({ engineConfiguration: { ...ACME_FLEET.engineConfiguration, ...changes } });
  const bad: readonly [string, object][] = [
    ['body.fleets.0.nodes', acmeWith({ nodes: 0 })],
    ['body.fleets', { fleets: [] }],
    ['body.fleets', { fleets: [ACME_FLEET, ACME_FLEET] }],
    ['body.places.0.region', { places: [{ provider: 'aws', region: 'mars-1' }] }],
    [
      'body.fleets.0.deployment',
      {
        priceBook: 'list',
        ...acmeDeployment('Prod.1'),
        places: [{ provider: 'gcp', region: 'us-central1' }],
      },
    ],
    ['body.seed', { seed: 'seven' }],
    ['body.priceBook', { priceBook: 'none' }],
    ['body.preset', { preset: undefined }],
    [
      'body.fleets.0.traffic.sharedPrefixShare',
      acmeWith({ traffic: { ...ACME_FLEET.traffic, sharedPrefixShare: 1 } }),
    ],
    ['body.fleets.0.engineConfiguration.scheduler', engine({ scheduler: 'x' })],
    ['body.fleets.0.engineConfiguration.tensor_parallel_size', engine({ tensor_parallel_size: 3 })],
    ['body.fleets.0.instanceType', acmeWith({ instanceType: 't3.micro' })],
    ['body.fleets.0.instanceType', acmeWith({ region: 'mars-1' })],
    ['body.fleets.0.model', acmeWith({ model: 'gpt-2' })],
  ];
  test.each(bad)('names %s', async (field, changes) => {
    const { status, body } = await call<Problem>('POST', '/sites', { ...ACME, ...changes });
    expect(status).toBe(400);
    expect(body.errors?.map((error) => error.field)).toEqual([field]);
    expect(cloud.live()).toEqual([]);
  });

  test('names a body that is no JSON or is missing', async () => {
    expect(await call('POST', '/sites', '{')).toMatchObject({ status: 400 });
    expect(await call('POST', '/sites')).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } });
  });

  const unknown: readonly [Method, string, object?][] = [
    ['GET', '/sites/site_9'],
    ['DELETE', '/sites/site_9'],
    ['POST', '/sites/site_9/agent-runtime', { apiUrl: 'http://127.0.0.1:1', agentToken: 't' }],
    ['POST', '/sites/site_9/faults', { kind: 'stop-traffic' }],
    ['DELETE', '/sites/site_9/faults'],
    ['POST', '/sites/site_9/reclaim', { nodes: 1 }],
  ];
  test.each(unknown)('%s %s is 404', async (method, url, payload) => {
    expect(await call(method, url, payload)).toMatchObject({ status: 404, body: { code: 'UNKNOWN_SITE' } });
  });

  test('an unknown route is 404', async () => {
    expect(await call('GET', '/nothing')).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
  });

  const badFaults: readonly [string, object][] = [
    ['body.kind', { kind: 'flood' }],
    ['body.factor', { kind: 'slow-nodes', lifecycle: 'spot', factor: 0 }],
    ['body.lifecycle', { kind: 'quality-drop', lifecycle: 'reserved', drop: 0.1 }],
    ['body.drop', { kind: 'quality-drop', lifecycle: 'spot', drop: 2 }],
    ['body.factor', { kind: 'spot-price-move', factor: -1 }],
  ];
  test.each(badFaults)('a fault without a valid %s is refused', async (field, fault) => {
    const { siteId } = (await createSite()).body;
    const { status, body } = await call<Problem>('POST', `/sites/${siteId}/faults`, fault);
    expect(status).toBe(400);
    expect(body.errors?.[0]?.field).toBe(field);
    expect((await call<SiteState>('GET', `/sites/${siteId}`)).body.faults).toEqual([]);
  });
});

describe('faults and reclaims', () => {
  test('faults are shown while they are on', async () => {
    const { siteId } = (await createSite()).body;
    const fault = { kind: 'slow-nodes', lifecycle: 'spot', factor: 1.5 };
    expect((await call<SiteState>('POST', `/sites/${siteId}/faults`, fault)).body.faults).toEqual([fault]);
    expect((await call<SiteState>('DELETE', `/sites/${siteId}/faults`)).body.faults).toEqual([]);
  });

  test('deploy and traffic name a deployment of the site', async () => {
    const { siteId } = (await createSite()).body;
    const misfits: readonly [string, object, string][] = [
      ['deploy', { deployment: 'none', revision: 'v2' }, 'body.deployment'],
      ['deploy', { deployment: 'vllm-prod-1' }, 'body.revision'],
      ['traffic', { deployment: 'none', requestsPerSecond: 1 }, 'body.deployment'],
      ['traffic', { deployment: 'vllm-prod-1', requestsPerSecond: -1 }, 'body.requestsPerSecond'],
      ['reclaim', { nodes: 2, instanceIds: ['i-1'] }, 'body.instanceIds'],
    ];
    for (const [what, payload, field] of misfits) {
      const { status, body } = await call<Problem>('POST', `/sites/${siteId}/${what}`, payload);
      expect([status, body.errors?.[0]?.field]).toEqual([400, field]);
    }
    const slow = { deployment: 'vllm-prod-1', requestsPerSecond: 3 };
    expect((await call('POST', `/sites/${siteId}/traffic`, slow)).status).toBe(200);
    const roll = { deployment: 'vllm-prod-1', revision: 'v2' };
    expect((await call('POST', `/sites/${siteId}/deploy`, roll)).status).toBe(200);
  });

  test('a reclaim without spot nodes is a conflict', async () => {
    const { siteId } = (await createSite()).body;
    expect(await call('POST', `/sites/${siteId}/reclaim`, { nodes: 1 })).toMatchObject({
      status: 409,
      body: { code: 'INVALID_STATE' },
    });
  });
});

describe('agent-runtime', () => {
  let platform: FakePlatform;
  beforeEach(async () => {
    platform = await startFakePlatform();
  });
  afterEach(async () => {
    await platform[Symbol.asyncDispose]();
  });
  const install = (siteId: string, agentToken = 'secret-1') =>
    call<SiteState>('POST', `/sites/${siteId}/agent-runtime`, { apiUrl: platform.url, agentToken });

  test('is absent, then connected; the same call again is the same installation', async () => {
    const { siteId } = (await createSite()).body;
    expect((await call<SiteState>('GET', `/sites/${siteId}`)).body.agentRuntime).toBe('absent');
    const [first, again] = await Promise.all([install(siteId), install(siteId)]);
    expect([first.status, again.status]).toEqual([200, 200]);
    expect(first.body.agentRuntime).toBe('connected');
    expect(platform.calls.filter((route) => route === 'connect')).toHaveLength(1);
    expect((await install(siteId, 'secret-2')).status).toBe(409);
  });

  test('that the platform refuses is a conflict and can be installed again', async () => {
    const { siteId } = (await createSite()).body;
    platform.trouble.set('connect', 401);
    expect((await install(siteId)).status).toBe(409);
    expect((await call<SiteState>('GET', `/sites/${siteId}`)).body.agentRuntime).toBe('failed');
    platform.trouble.clear();
    expect((await install(siteId)).body.agentRuntime).toBe('connected');
  });

  test('ships what the fleet serves', async () => {
    const { siteId } = (await createSite()).body;
    await install(siteId);
    await expect.poll(() => platform.batches.length, { timeout: 5_000 }).toBeGreaterThan(1);
    const { telemetryShipped, requestsServed } = (await call<SiteState>('GET', `/sites/${siteId}`)).body;
    expect(telemetryShipped).toBeGreaterThan(0);
    expect(telemetryShipped).toBeLessThanOrEqual(requestsServed);
  });

  test('with a bad address is refused by field', async () => {
    const { siteId } = (await createSite()).body;
    const body = { apiUrl: 'not a url', agentToken: 't' };
    expect(await call('POST', `/sites/${siteId}/agent-runtime`, body)).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'body.apiUrl' }] },
    });
  });
});

describe('health', () => {
  test('is ready when the cloud answers and not when it does not', async () => {
    expect(await call('GET', '/health')).toMatchObject({
      status: 200,
      body: { status: 'ok', service: 'world' },
    });
    expect((await call('GET', '/health/ready')).status).toBe(200);
    cloud.away = true;
    expect(await call('GET', '/health/ready')).toMatchObject({
      status: 503,
      body: { dependencies: [{ name: 'aws', healthy: false }] },
    });
  });
});
