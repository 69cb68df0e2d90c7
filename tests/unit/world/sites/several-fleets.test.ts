import { describe, expect, test } from 'vitest';

import type { RequestRecord } from '../../../../src/contracts/api/agent-runtime.ts';
import type { FleetRequest, SiteRequest } from '../../../../src/contracts/world.ts';
import { ACME, ACME_FLEET, PROD } from './acme.ts';
import { errorReasons, siteBench, type SiteBench } from './site-bench.ts';

const MINUTE_MS = 60_000;
const SECOND: FleetRequest = {
  ...ACME_FLEET,
  region: 'us-west-2',
  deployment: 'vllm-prod-2',
  nodes: 2,
  traffic: { ...ACME_FLEET.traffic, requestsPerSecond: 10 },
};
const TWO: SiteRequest = { ...ACME, priceBook: 'list', fleets: [ACME_FLEET, SECOND] };

const idsOf = ({ site }: SiteBench, deployment: string) =>
  site
    .state()
    .nodes.filter((node) => node.deployment === deployment)
    .map(({ instanceId }) => instanceId);
const lines = (records: readonly RequestRecord[]) => records.map((record) => JSON.stringify(record)).sort();

describe('a site with two fleets', () => {
  test('has one account entered in both regions, and nodes that say where they are', async () => {
    const bench = await siteBench(TWO);
    const { accounts } = bench.site.site;
    expect(accounts.map(({ region }) => region)).toEqual(['us-east-1', 'us-west-2']);
    expect(new Set(accounts.map(({ accountId }) => accountId)).size).toBe(1);
    const nodes = bench.site.state().nodes.map(({ deployment, region }) => `${deployment} ${region}`);
    expect(nodes).toEqual([
      ...Array<string>(4).fill('vllm-prod-1 us-east-1'),
      ...Array<string>(2).fill('vllm-prod-2 us-west-2'),
    ]);
  });

  test('serves each fleet’s users on its own nodes, and counts them apart', async () => {
    const bench = await siteBench(TWO);
    const records = await bench.observe(2 * MINUTE_MS);
    expect(errorReasons(records)).toEqual([]);
    const [first, second] = bench.site.state().deployments;
    expect(first?.requestsServed).toBeGreaterThan(4_800);
    expect((second?.requestsServed ?? 0) / 1_200).toBeCloseTo(1, 0);
    const foreign = records.filter(
      ({ request_id: id, instance_id: instance }) =>
        id.startsWith('vllm-prod-2/') !== idsOf(bench, 'vllm-prod-2').includes(instance),
    );
    expect(foreign).toEqual([]);
  });

  test('gives the same bytes for the same seed, and the first fleet those it has alone', async () => {
    const alone = await siteBench(ACME);
    const [one, other] = await Promise.all([siteBench(TWO), siteBench(TWO)]);
    const records = await one.observe(MINUTE_MS);
    expect(lines(await other.observe(MINUTE_MS, 1_000))).toEqual(lines(records));
    const firstFleet = records.filter(({ request_id: id }) => !id.includes('/'));
    expect(lines(firstFleet)).toEqual(lines(await alone.observe(MINUTE_MS)));
  });

  test('takes weights for one deployment without touching the other', async () => {
    const bench = await siteBench(TWO);
    const [only = ''] = idsOf(bench, 'vllm-prod-2');
    expect(bench.site.host.applyWeights('vllm-prod-2', { [only]: 1 })).toEqual({});
    const { deployments } = bench.site.host.inventory();
    expect(Object.values(deployments[0]?.weights ?? {})).toEqual([1, 1, 1, 1]);
    expect(Object.values(deployments[1]?.weights ?? {})).toEqual([1, 0]);
    const foreign = idsOf(bench, PROD)[0] ?? '';
    expect(bench.site.host.applyWeights('vllm-prod-2', { [foreign]: 1, [only]: 1 })).toEqual({
      [foreign]: 'no such node',
    });
    expect(bench.site.host.applyWeights('nobody', { [only]: 1 })).toEqual({
      [only]: 'no deployment nobody here',
    });
  });

  test('lets a machine join by its tag in another place than the fleet’s own', async () => {
    const bench = await siteBench(TWO);
    const { instanceId } = bench.cloud.launch('spot', { region: 'us-west-2', zone: 'us-west-2a' });
    await bench.run(3_000);
    expect(bench.site.state().nodes.find((node) => node.instanceId === instanceId)).toMatchObject({
      deployment: PROD,
      region: 'us-west-2',
      state: 'cold',
    });
  });
});

describe('the customer’s own doings', () => {
  test('deploy rolls a revision out node by node, without a failed request', async () => {
    const bench = await siteBench();
    bench.site.deploy({ deployment: PROD, revision: 'v2', chatTemplate: 'broken' });
    const changed = () =>
      bench.site.state().nodes.filter(({ engineConfiguration: { revision } }) => revision === 'v2').length;
    let most = 0;
    let restarting = 0;
    for (let minute = 0; minute < 25; minute += 1) {
      await bench.run(MINUTE_MS);
      const cold = bench.site.state().nodes.filter(({ state }) => state === 'cold').length;
      restarting = Math.max(restarting, cold);
      expect(changed()).toBeGreaterThanOrEqual(most);
      most = changed();
    }
    expect([most, restarting]).toEqual([4, 1]);
    expect(errorReasons(bench.log.requests)).toEqual([]);
    expect(bench.site.host.inventory().deployments[0]?.engine_configuration).toMatchObject({
      revision: 'v2',
      chat_template: 'broken',
    });
  });

  test('setTraffic changes the rate of that deployment only', async () => {
    const bench = await siteBench(TWO);
    bench.site.setTraffic({ deployment: 'vllm-prod-2', requestsPerSecond: 0 });
    await bench.run(MINUTE_MS);
    const records = await bench.observe(MINUTE_MS);
    expect(records.length).toBeGreaterThan(2_000);
    expect(records.filter(({ request_id: id }) => id.includes('/'))).toEqual([]);
    expect(() => bench.site.setTraffic({ deployment: 'none', requestsPerSecond: 1 })).toThrow('no none');
  });
});

describe('a fleet that nobody needs', () => {
  test('idles: no request, and cards that work less than 5 % of the time', async () => {
    const bench = await siteBench({
      ...ACME,
      fleets: [{ ...ACME_FLEET, traffic: { ...ACME_FLEET.traffic, requestsPerSecond: 0 } }],
    });
    expect(await bench.observe(10 * MINUTE_MS)).toEqual([]);
    expect(bench.log.gpu).toHaveLength(40 * 4);
    for (const { utilization } of bench.log.gpu) expect(utilization).toBeLessThan(0.05);
  });

  test('in GCP has a project, a service account and the tag its label stands for', async () => {
    const bench = await siteBench({
      ...ACME,
      priceBook: 'list',
      fleets: [
        ACME_FLEET,
        { ...SECOND, provider: 'gcp', region: 'us-central1', instanceType: 'a2-highgpu-8g' },
      ],
    });
    expect(bench.site.site.accounts[1]).toMatchObject({
      provider: 'gcp',
      region: 'us-central1',
      roleArn: null,
      serviceAccount: expect.stringMatching(/^optiinfra@site-\d{12}\.iam\.gserviceaccount\.com$/) as string,
    });
    const records = await bench.observe(MINUTE_MS);
    expect(errorReasons(records)).toEqual([]);
    expect(new Set(records.map(({ instance_id: id }) => id.slice(0, 1)))).toEqual(new Set(['i', 'g']));
    const { instanceId } = bench.gcp.launch('spot', {
      region: 'us-central1',
      zone: 'us-central1-a',
      instanceType: 'a2-highgpu-8g',
      tags: { 'optiinfra:deployment': 'vllm-prod-2' },
    });
    await bench.run(3_000);
    const [reclaimed] = bench.site.reclaim({ nodes: 1, instanceIds: [instanceId] });
    expect(reclaimed).toEqual({ instanceId, interruptionAtMs: bench.clock.worldMs() + 30_000 });
    await bench.run(30_000);
    expect(bench.gcp.live().map((one) => one.instanceId)).not.toContain(instanceId);
  });

  test('a reclaim takes the named nodes or none', async () => {
    const bench = await siteBench();
    const named = bench.cloud.launch('spot').instanceId;
    bench.cloud.launch('spot');
    await bench.run(3_000);
    expect(() => bench.site.reclaim({ nodes: 1, instanceIds: ['i-1'] })).toThrow('0 spot nodes');
    expect(bench.site.reclaim({ nodes: 1, instanceIds: [named] })).toMatchObject([{ instanceId: named }]);
  });
});
