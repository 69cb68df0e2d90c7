import { describe, expect, test } from 'vitest';

import type { RequestRecord } from '../../../../src/contracts/api/agent-runtime.ts';
import { COLD_STARTS } from '../../../../src/contracts/environment.ts';
import { ACME, acmeAt, acmeWith, PROD } from './acme.ts';
import { errorReasons, median, shares, siteBench, type SiteBench } from './site-bench.ts';

const COLD_MS = COLD_STARTS.standard * 1_000;
const MINUTE_MS = 60_000;

const nodeOf = ({ site }: SiteBench, instanceId: string) =>
  site.state().nodes.find((node) => node.instanceId === instanceId);

/** A spot node that has finished its cold start. */
async function readySpot(bench: SiteBench): Promise<string> {
  const { instanceId } = bench.cloud.launch('spot');
  await bench.run(COLD_MS + 6_000);
  expect(nodeOf(bench, instanceId)?.state).toBe('ready');
  return instanceId;
}

function latencies(records: readonly RequestRecord[], instanceIds: readonly string[]): number[] {
  return records.filter((one) => instanceIds.includes(one.instance_id)).map((one) => one.latency_ms);
}

describe('traffic and routing', () => {
  test('starts warm: the first minute is served evenly and without an error', async () => {
    const bench = await siteBench();
    const records = await bench.observe(MINUTE_MS);
    expect(records.length).toBeGreaterThan(2_400);
    expect(errorReasons(records)).toEqual([]);
    for (const share of Object.values(shares(records))) expect(share).toBeCloseTo(0.25, 2);
    expect(Object.keys(shares(records))).toEqual(bench.site.site.instanceIds);
  });

  test('writes the same lines for the same seed, however finely time is cut', async () => {
    const lines = async (stepMs: number): Promise<string[]> => {
      const bench = await siteBench();
      const records = await bench.observe(2 * MINUTE_MS, stepMs);
      return records.map((record) => JSON.stringify(record)).sort();
    };
    const fine = await lines(1_000);
    expect(await lines(6_000)).toEqual(fine);
    expect(new Set(fine.map((line) => (JSON.parse(line) as RequestRecord).request_id)).size).toBe(
      fine.length,
    );
  });

  test('writes other lines for another seed', async () => {
    const [first, second] = await Promise.all([
      siteBench({ ...ACME, seed: 1 }),
      siteBench({ ...ACME, seed: 2 }),
    ]);
    const arrivals = (records: readonly RequestRecord[]) => records.map((one) => one.arrived_at_ms);
    expect(arrivals(await first.observe(MINUTE_MS))).not.toEqual(arrivals(await second.observe(MINUTE_MS)));
  });

  test('follows weights of 10 for canary and control and 80 for the rest', async () => {
    const bench = await siteBench();
    const spot = await readySpot(bench);
    const [control = '', ...rest] = bench.site.site.instanceIds;
    const weights = Object.fromEntries(rest.map((id) => [id, 80 / rest.length]));
    expect(bench.site.host.applyWeights(PROD, { ...weights, [spot]: 10, [control]: 10 })).toEqual({});
    await bench.run(MINUTE_MS);
    const share = shares(await bench.observe(10 * MINUTE_MS));
    expect(share[spot]).toBeCloseTo(0.1, 2);
    expect(share[control]).toBeCloseTo(0.1, 2);
  });

  test('answers with an error when no node is ready', async () => {
    const bench = await siteBench(acmeWith({ nodes: 1 }));
    bench.cloud.terminate('i-1');
    await bench.run(3_000);
    const records = await bench.observe(9_000);
    expect(errorReasons(records)).toEqual(['no_ready_node']);
    expect(records.every(({ quality_score: score, status }) => score === null && status === 'error')).toBe(
      true,
    );
    expect(bench.site.state().requestsFailed).toBeGreaterThanOrEqual(records.length);
  });

  test('refuses weights that leave nobody and names nodes that do not exist or are not ready', async () => {
    const bench = await siteBench(acmeWith({ nodes: 2 }));
    const cold = bench.cloud.launch('spot').instanceId;
    await bench.run(3_000);
    expect(bench.site.host.applyWeights(PROD, { 'i-9': 5 })).toEqual({
      'i-9': 'no such node',
      'i-1': expect.stringContaining('refused') as string,
      'i-2': expect.stringContaining('refused') as string,
      [cold]: expect.stringContaining('refused') as string,
    });
    expect(Object.keys(shares(await bench.observe(MINUTE_MS)))).toEqual(['i-1', 'i-2']);
    expect(bench.site.host.applyWeights(PROD, { 'i-1': 1, [cold]: 1 })).toEqual({
      [cold]: expect.stringContaining('not ready') as string,
    });
  });
});

describe('nodes', () => {
  test('a new node is cold for the whole cold start and gets no traffic before it has a weight', async () => {
    const bench = await siteBench();
    const { instanceId } = bench.cloud.launch('spot');
    await bench.run(3_000);
    await bench.run(COLD_MS - 3_000);
    expect(nodeOf(bench, instanceId)).toMatchObject({ state: 'cold', weight: 0 });
    await bench.run(6_000);
    expect(nodeOf(bench, instanceId)).toMatchObject({ state: 'ready', weight: 0 });
    expect(shares(await bench.observe(MINUTE_MS))[instanceId]).toBeUndefined();
    bench.site.host.applyWeights(PROD, { [instanceId]: 1, 'i-1': 1 });
    await bench.run(MINUTE_MS);
    expect(shares(await bench.observe(MINUTE_MS))[instanceId]).toBeCloseTo(0.5, 1);
  });

  test('drain lets what runs finish; a drained node ends without a failed request', async () => {
    const bench = await siteBench();
    const [leaving = '', ...staying] = bench.site.site.instanceIds;
    await bench.run(MINUTE_MS);
    bench.site.host.applyWeights(PROD, Object.fromEntries(staying.map((id) => [id, 1])));
    expect(nodeOf(bench, leaving)).toMatchObject({ state: 'draining', weight: 0 });
    const tail = await bench.observe(30_000, 100);
    expect(shares(tail)[leaving]).toBeGreaterThan(0);
    expect(nodeOf(bench, leaving)).toMatchObject({ state: 'ready', weight: 0 });
    bench.cloud.terminate(leaving);
    expect(errorReasons([...tail, ...(await bench.observe(MINUTE_MS))])).toEqual([]);
    expect(nodeOf(bench, leaving)?.state).toBe('gone');
  });

  test('a node terminated without drain fails what ran on it, once each', async () => {
    const bench = await siteBench();
    await bench.run(MINUTE_MS);
    bench.cloud.terminate('i-1');
    const records = await bench.observe(MINUTE_MS);
    const failed = records.filter(({ status }) => status === 'error');
    expect(failed.length).toBeGreaterThan(0);
    expect(errorReasons(failed)).toEqual(['node_lost']);
    expect(new Set(failed.map(({ instance_id: id }) => id))).toEqual(new Set(['i-1']));
    expect(bench.site.state().requestsFailed).toBe(failed.length);
    expect(new Set(bench.log.requests.map((one) => one.request_id)).size).toBe(bench.log.requests.length);
  });

  test('an instance without the tag, or that cannot serve the model, is inventory and no node', async () => {
    const bench = await siteBench();
    const untagged = bench.cloud.launch('on_demand', { tags: {} });
    const unfit = bench.cloud.launch('spot', { instanceType: 't3.micro' });
    await bench.run(COLD_MS + 6_000);
    const reported = bench.site.host.inventory();
    for (const { instanceId } of [untagged, unfit]) {
      expect(reported.instances.find((one) => one.instance_id === instanceId)?.ready).toBe(false);
      expect(reported.deployments[0]?.instance_ids).not.toContain(instanceId);
    }
    expect(reported.instances).toHaveLength(6);
  });

  test('an instance that gets its tag later joins then', async () => {
    const bench = await siteBench();
    const { instanceId } = bench.cloud.launch('spot', { instanceId: 'i-late', tags: {} });
    await bench.run(MINUTE_MS);
    bench.cloud.launch('spot', { instanceId });
    await bench.run(3_000);
    expect(nodeOf(bench, instanceId)?.state).toBe('cold');
  });

  test('rides out a cloud that does not answer', async () => {
    const bench = await siteBench();
    bench.cloud.away = true;
    const records = await bench.observe(MINUTE_MS);
    expect(errorReasons(records)).toEqual([]);
    bench.cloud.away = false;
    const { instanceId } = bench.cloud.launch('spot');
    await bench.run(3_000);
    expect(nodeOf(bench, instanceId)?.state).toBe('cold');
  });

  test('tells every change of the inventory', async () => {
    const bench = await siteBench();
    await bench.run(MINUTE_MS);
    const before = bench.inventoryChanges();
    await bench.run(MINUTE_MS);
    expect(bench.inventoryChanges()).toBe(before);
    bench.cloud.launch('spot');
    await bench.run(3_000);
    expect(bench.inventoryChanges()).toBe(before + 1);
    await bench.run(COLD_MS);
    expect(bench.inventoryChanges()).toBe(before + 2);
  });

  test('reads the cards each quarter of a minute', async () => {
    const bench = await siteBench();
    await bench.run(MINUTE_MS);
    expect(bench.log.gpu).toHaveLength(4 * 4);
    for (const { utilization } of bench.log.gpu) {
      expect(utilization).toBeGreaterThan(0.1);
      expect(utilization).toBeLessThanOrEqual(1);
    }
    expect(bench.log.iterations.length).toBeGreaterThan(0);
  });
});

describe('faults', () => {
  test('stop-traffic ends all requests until it is cleared', async () => {
    const bench = await siteBench();
    await bench.site.addFault({ kind: 'stop-traffic' });
    await bench.run(MINUTE_MS);
    expect(await bench.observe(MINUTE_MS)).toEqual([]);
    expect(bench.site.state()).toMatchObject({
      deployments: [{ requestsPerSecond: 0 }],
      faults: [{ kind: 'stop-traffic' }],
    });
    await bench.site.clearFaults();
    expect((await bench.observe(MINUTE_MS)).length).toBeGreaterThan(2_000);
    expect(bench.site.state().faults).toEqual([]);
  });

  test('slow-nodes slows that lifecycle only', async () => {
    const bench = await siteBench();
    const spot = await readySpot(bench);
    bench.site.host.applyWeights(PROD, Object.fromEntries([spot, 'i-1', 'i-2', 'i-3'].map((id) => [id, 1])));
    await bench.site.addFault({ kind: 'slow-nodes', lifecycle: 'spot', factor: 1.3 });
    await bench.run(MINUTE_MS);
    const records = await bench.observe(3 * MINUTE_MS);
    const usual = median(latencies(records, ['i-1', 'i-2', 'i-3']));
    expect(median(latencies(records, [spot])) / usual).toBeGreaterThan(1.25);
  });

  test('quality-drop lowers the scores of that lifecycle by its size', async () => {
    const bench = await siteBench();
    const spot = await readySpot(bench);
    bench.site.host.applyWeights(PROD, { [spot]: 1, 'i-1': 1, 'i-2': 1, 'i-3': 1 });
    await bench.site.addFault({ kind: 'quality-drop', lifecycle: 'spot', drop: 0.2 });
    const records = await bench.observe(3 * MINUTE_MS);
    const scores = (wanted: boolean) =>
      records.flatMap((one) => ((one.instance_id === spot) === wanted ? (one.quality_score ?? []) : []));
    expect(median(scores(false)) - median(scores(true))).toBeCloseTo(0.2, 1);
  });

  test('spot-price-move moves the quote and clearing moves it back', async () => {
    const { site, sites, clock } = await siteBench();
    const spotUsdPerHour = () => {
      const view = sites.marketOf(site.site.accounts[0]?.accountId ?? '');
      const question = { provider: 'aws', region: 'us-east-1', instanceType: 'p4d.24xlarge' } as const;
      const quote = view?.market.quote({ ...question, book: view.priceBook, atMs: clock.worldMs() });
      return quote?.spot[0]?.usd_per_hour ?? Number.NaN;
    };
    const before = spotUsdPerHour();
    await site.addFault({ kind: 'spot-price-move', factor: 2 });
    expect(spotUsdPerHour() / before).toBeCloseTo(2, 3);
    await site.clearFaults();
    expect(spotUsdPerHour()).toBe(before);
  });
});

describe('reclaims', () => {
  test('announces two minutes ahead, then ends the instance in the cloud', async () => {
    const bench = await siteBench();
    const spot = await readySpot(bench);
    const announcedAtMs = bench.clock.worldMs();
    const [reclaimed] = bench.site.reclaim({ nodes: 1 });
    expect(reclaimed).toEqual({ instanceId: spot, interruptionAtMs: announcedAtMs + 120_000 });
    const report = bench.site.host.inventory().instances.find((one) => one.instance_id === spot);
    expect(report?.interruption_at_ms).toBe(announcedAtMs + 120_000);
    await bench.run(117_000);
    expect(bench.cloud.live().map((one) => one.instanceId)).toContain(spot);
    await bench.run(3_000);
    expect(bench.cloud.live().map((one) => one.instanceId)).not.toContain(spot);
    expect(nodeOf(bench, spot)?.state).toBe('gone');
  });

  test('loses no request on a node that is drained at the notice', async () => {
    const bench = await siteBench();
    const spot = await readySpot(bench);
    bench.site.host.applyWeights(PROD, { [spot]: 1, 'i-1': 1, 'i-2': 1, 'i-3': 1, 'i-4': 1 });
    await bench.run(MINUTE_MS);
    bench.site.reclaim({ nodes: 1 });
    bench.site.host.drain(spot);
    const records = await bench.observe(5 * MINUTE_MS);
    expect(nodeOf(bench, spot)?.state).toBe('gone');
    expect(errorReasons(records)).toEqual([]);
  });

  test('loses what still runs on a node that is not drained', async () => {
    const bench = await siteBench();
    const spot = await readySpot(bench);
    bench.site.host.applyWeights(PROD, { [spot]: 1, 'i-1': 1 });
    bench.site.reclaim({ nodes: 1 });
    expect(errorReasons(await bench.observe(3 * MINUTE_MS))).toContain('node_lost');
  });

  test('asks again when the cloud does not end the instance', async () => {
    const bench = await siteBench();
    const spot = await readySpot(bench);
    bench.site.reclaim({ nodes: 1 });
    bench.cloud.keeps = true;
    await bench.run(3 * MINUTE_MS);
    expect(nodeOf(bench, spot)?.state).toBe('gone');
    bench.cloud.keeps = false;
    await bench.run(3_000);
    expect(bench.cloud.live()).toHaveLength(4);
  });

  test('refuses to take more spot nodes than there are', async () => {
    const bench = await siteBench();
    expect(() => bench.site.reclaim({ nodes: 1 })).toThrow('1 wanted, 0 spot nodes');
  });

  test('the market takes spot nodes by itself under a harsh preset, never an on-demand one', async () => {
    const bench = await siteBench({ ...acmeAt(0.01), preset: 'harsh' });
    for (let index = 0; index < 4; index += 1) bench.cloud.launch('spot');
    await bench.run(40 * 3_600_000, 10_000);
    const gone = bench.site.state().nodes.filter(({ state }) => state === 'gone');
    expect(gone.length).toBeGreaterThan(0);
    expect(new Set(gone.map(({ lifecycle }) => lifecycle))).toEqual(new Set(['spot']));
  });
});
