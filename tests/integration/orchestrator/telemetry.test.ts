import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { insertBatch } from '../../../src/platform/orchestrator/telemetry/telemetry-store.ts';
import { batch, instance, inventory, NODES, record, START_MS } from '../support/flow-data.ts';
import { FlowRig, PRICES, quote, type TestCustomer } from '../support/flow-rig.ts';

let rig: FlowRig;
beforeAll(async () => {
  rig = await FlowRig.start();
});
afterAll(async () => {
  await rig[Symbol.asyncDispose]();
});

const START = new Date(START_MS).toISOString();
const LATER = new Date(START_MS + 3_600_000).toISOString();

async function connected(): Promise<{ customer: TestCustomer; runtime: string }> {
  const customer = await rig.customer();
  return { customer, runtime: await rig.connectRuntime(customer) };
}
const fleet = () => NODES.map((id) => instance(id));
const send = (runtime: string, body: unknown) => rig.call('POST', '/agent-runtime/telemetry', runtime, body);
const discover = (runtime: string, body: unknown) =>
  rig.call('POST', '/agent-runtime/discover', runtime, body);
const stored = (customerId: string, table = 'inference_requests') =>
  rig.count(`SELECT count() AS n FROM optiinfra.${table} WHERE customer_id = {id:String}`, {
    id: customerId,
  });
async function metric(customer: TestCustomer, type: string, rest = '') {
  const query = `metric_type=${type}&start=${START}&end=${LATER}${rest}`;
  const path = `/customers/${customer.id}/metrics?${query}`;
  return (await rig.expect(200, 'GET', path, customer.token)).body;
}

describe('connecting', () => {
  it('takes an agent token once', async () => {
    const customer = await rig.customer();
    const path = `/customers/${customer.id}/agent-install-command`;
    const { body } = await rig.expect(200, 'GET', path, customer.token);
    const hello = { version: '1', hostname: 'h' };
    expect((await rig.call('POST', '/agent-runtime/connect', body.agent_token, hello)).status).toBe(200);
    const again = await rig.call('POST', '/agent-runtime/connect', body.agent_token, hello);
    expect(again).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
  });

  it('refuses telemetry without a token before it reads the body', async () => {
    const answer = await rig.call('POST', '/agent-runtime/telemetry', null, 'not even JSON');
    expect(answer).toMatchObject({ status: 401, body: { code: 'UNAUTHENTICATED' } });
  });
});

describe('discovery', () => {
  it('shows the fleet with its cost, and what has gone as gone', async () => {
    const { customer, runtime } = await connected();
    const path = `/customers/${customer.id}/infrastructure`;
    const before = await rig.expect(200, 'GET', path, customer.token);
    expect(before.body).toMatchObject({ status: 'pending', instances: [], monthly_cost: 0 });
    expect((await discover(runtime, inventory(START_MS, fleet()))).status).toBe(200);
    const full = (await rig.expect(200, 'GET', path, customer.token)).body;
    expect(full).toMatchObject({ status: 'discovered', monthly_cost: 4 * PRICES.onDemand * 730 });
    expect(full.instances.map((item) => item.instance_id)).toEqual([...NODES]);

    const spot = instance('i-9', { lifecycle: 'spot', zone: 'us-east-1b' });
    await discover(runtime, inventory(START_MS + 60_000, [...fleet().slice(0, 1), spot]));
    const smaller = (await rig.expect(200, 'GET', path, customer.token)).body;
    expect(smaller.instances).toHaveLength(2);
    expect(smaller.monthly_cost).toBeCloseTo((PRICES.onDemand + PRICES.spot) * 730, 6);
    const gone = await rig.rows('SELECT instance_id FROM instances WHERE customer_id = $1 AND state = $2', [
      customer.id,
      'terminated',
    ]);
    expect(gone).toHaveLength(3);
    const cost = await metric(customer, 'monthly_cost', '&resolution=60');
    expect(cost.points.map((point) => Math.round(point.value))).toEqual([120_012, 40_953]);
  });

  it('ignores an inventory older than the last', async () => {
    const { customer, runtime } = await connected();
    await discover(runtime, inventory(START_MS + 5_000, fleet()));
    const late = await discover(runtime, inventory(START_MS, fleet().slice(0, 1)));
    expect(late.body).toMatchObject({ accepted: false });
    const { body } = await rig.expect(200, 'GET', `/customers/${customer.id}/infrastructure`, customer.token);
    expect(body.instances).toHaveLength(4);
  });

  it('tells of an interruption once', async () => {
    const { customer, runtime } = await connected();
    await discover(runtime, inventory(START_MS, fleet()));
    const warned = [instance('i-1', { interruption_at_ms: START_MS + 120_000 }), ...fleet().slice(1)];
    await discover(runtime, inventory(START_MS + 1_000, warned));
    await discover(runtime, inventory(START_MS + 2_000, warned));
    expect(await rig.events(customer.id)).toEqual([
      'customer.onboarded',
      'infrastructure.discovered',
      'instance.interruption_notice',
    ]);
  });

  it('shows a moved price within a world minute', async () => {
    const { customer, runtime } = await connected();
    // A type of its own, so that no other test has its quote in memory.
    const one = (at: number) => inventory(at, [instance('i-1', { instance_type: 'p5.48xlarge' })]);
    await discover(runtime, one(START_MS));
    rig.market.answer = ({ query }) => ({
      status: 200,
      body: quote(query, { onDemand: 50, spot: PRICES.spot }),
    });
    const path = `/customers/${customer.id}/infrastructure`;
    const moved = await rig.eventually('the new price', async () => {
      await discover(runtime, one(Math.round(rig.clock.worldMs())));
      const { body } = await rig.expect(200, 'GET', path, customer.token);
      return body.monthly_cost === 50 * 730 ? true : undefined;
    });
    expect(moved).toBe(true);
    rig.market.answer = ({ query }) => ({ status: 200, body: quote(query, PRICES) });
  });

  it.each([
    ['an unknown instance in a deployment', 'deployments.0.instance_ids'],
    ['the same instance twice', 'instances'],
  ])('refuses %s', async (what, field) => {
    const { customer, runtime } = await connected();
    const good = inventory(START_MS, fleet());
    const bad =
      what === 'the same instance twice'
        ? { ...good, instances: [...good.instances, good.instances[0]] }
        : { ...good, instances: good.instances.slice(1) };
    const answer = await discover(runtime, bad);
    expect(answer).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } });
    expect(answer.body.detail).toContain(field);
    expect(await rig.rows('SELECT 1 FROM instances WHERE customer_id = $1', [customer.id])).toEqual([]);
  });
});

describe('telemetry', () => {
  it('counts a batch once, whatever the number of deliveries', async () => {
    const { customer, runtime } = await connected();
    await discover(runtime, inventory(START_MS, fleet()));
    const body = batch(Array.from({ length: 100 }, (_, index) => record(index)));
    const first = await send(runtime, body);
    expect(first.body).toEqual({ accepted: 100, duplicate: false });
    const again = await Promise.all([send(runtime, body), send(runtime, body)]);
    expect(again.map((answer) => answer.body)).toEqual(
      Array.from({ length: 2 }, () => ({ accepted: 0, duplicate: true })),
    );
    expect(await stored(customer.id)).toBe(100);
    expect(await stored(customer.id, 'engine_iterations')).toBe(2);
  });

  it('loses and doubles nothing when the process died between the stores', async () => {
    const { customer, runtime } = await connected();
    const body = batch(Array.from({ length: 50 }, (_, index) => record(index)));
    // What a death after ClickHouse's insert and before the receipt leaves behind.
    await insertBatch(rig.clickhouse, customer.id, { ...body, iterations: [], gpu: [] }, new Map());
    const answer = await send(runtime, body);
    expect(answer.body).toEqual({ accepted: 50, duplicate: false });
    expect(await stored(customer.id)).toBe(50);
    expect(await stored(customer.id, 'gpu_samples')).toBe(1);
    const rolledUp = ['request_minutes', 'request_hours'].map((view) =>
      rig.count(`SELECT sum(requests) AS n FROM optiinfra.${view} WHERE customer_id = {id:String}`, {
        id: customer.id,
      }),
    );
    expect(await Promise.all(rolledUp)).toEqual([50, 50]);
  });

  it('is rolled up by minute and hour as it arrives', async () => {
    const { customer, runtime } = await connected();
    const late = record(1, { arrived_at_ms: START_MS + 90_000, status: 'error', quality_score: null });
    await send(runtime, batch([record(0), record(1), late]));
    const rollup = (view: string, value: string) =>
      rig.clickhouse
        .query({
          query: `SELECT ${value} FROM optiinfra.${view} WHERE customer_id = {id:String} GROUP BY at ORDER BY at`,
          query_params: { id: customer.id },
          format: 'JSONCompactEachRow',
        })
        .then((result) => result.json<readonly unknown[]>());
    const value = `toString(toUnixTimestamp(at)), toInt32(sum(requests)), toInt32(sum(errors)),
      toInt32(sum(quality_samples)), quantilesTDigestMerge(0.5, 0.95, 0.99)(latency_ms_quantiles)[3]`;
    const at = (ms: number) => String((START_MS + ms) / 1000);
    expect(await rollup('request_minutes', value)).toEqual([
      [at(0), 2, 0, 2, 101],
      [at(60_000), 1, 1, 0, null],
    ]);
    expect(await rollup('request_hours', value)).toEqual([[at(0), 3, 1, 2, 101]]);
    const gpu = 'toInt32(sum(samples)), sum(utilization_sum), max(utilization_max)';
    expect(await rollup('gpu_minutes', gpu)).toEqual([[1, 0.5, 0.5]]);
    expect(await rollup('gpu_hours', gpu)).toEqual([[1, 0.5, 0.5]]);
  });

  it('takes batches out of order', async () => {
    const { customer, runtime } = await connected();
    await discover(runtime, inventory(START_MS, fleet()));
    await send(runtime, batch([record(30), record(20)]));
    await send(runtime, batch([record(10)]));
    const series = await metric(customer, 'latency_p50', '&resolution=1');
    expect(series.points.map((point) => point.value)).toEqual([110, 120, 130]);
  });

  it('refuses half a batch and stores none of it', async () => {
    const { customer, runtime } = await connected();
    const text = JSON.stringify(batch([record(1), record(2)]));
    const half = await send(runtime, text.slice(0, text.length / 2));
    expect(half).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } });
    expect(await stored(customer.id)).toBe(0);
  });

  it('names the bad field of one record among many and stores none', async () => {
    const { customer, runtime } = await connected();
    const requests = Array.from({ length: 20 }, (_, index) => record(index));
    requests[7] = record(7, { latency_ms: -1 });
    const answer = await send(runtime, batch(requests));
    expect(answer).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } });
    expect(answer.body.detail).toContain('requests.7.latency_ms');
    expect(await stored(customer.id)).toBe(0);
  });

  it('refuses a batch id that was used for other records', async () => {
    const { customer, runtime } = await connected();
    await send(runtime, batch([record(1)], 'b-1'));
    const other = await send(runtime, batch([record(2)], 'b-1'));
    expect(other).toMatchObject({ status: 409, body: { code: 'ALREADY_EXISTS' } });
    expect(await stored(customer.id)).toBe(1);
  });

  it('refuses a body over ten megabytes', async () => {
    const { runtime } = await connected();
    const answer = await send(runtime, `"${'x'.repeat(10 * 1024 * 1024)}"`);
    expect(answer).toMatchObject({ status: 413, body: { code: 'BODY_TOO_LARGE' } });
  });

  it('keeps the lifecycle of a node that no inventory named as unknown', async () => {
    const { customer, runtime } = await connected();
    await send(runtime, batch([record(1)]));
    const unknown = await rig.count(
      `SELECT countIf(lifecycle = 'unknown') AS n FROM optiinfra.inference_requests WHERE customer_id = {id:String}`,
      { id: customer.id },
    );
    expect(unknown).toBe(1);
  });
});

describe('metrics', () => {
  it('gives exact values with their sample sizes', async () => {
    const { customer, runtime } = await connected();
    await discover(runtime, inventory(START_MS, fleet()));
    const good = Array.from({ length: 99 }, (_, index) => record(index, { latency_ms: index + 1 }));
    const bad = record(99, { status: 'error', error_reason: 'queue_timeout', quality_score: null });
    await send(runtime, batch([...good, bad]));
    expect((await metric(customer, 'latency_p50')).points).toEqual([
      { timestamp: START, value: 50, sample_size: 99 },
    ]);
    expect((await metric(customer, 'error_rate')).points[0]).toMatchObject({ value: 0.01, sample_size: 100 });
    expect((await metric(customer, 'throughput')).points[0]!.value).toBeCloseTo(100 / 3600, 9);
    expect((await metric(customer, 'quality_score')).points[0]).toMatchObject({ sample_size: 99 });
    expect((await metric(customer, 'gpu_utilization')).points[0]).toMatchObject({ value: 0.5 });
    const one = await metric(customer, 'throughput', '&instance_ids=i-1&lifecycle=on_demand');
    expect(one.points[0]!.sample_size).toBe(25);
  });

  it('gives no point where there is no data', async () => {
    const customer = await rig.customer();
    for (const type of ['latency_p95', 'throughput', 'error_rate', 'monthly_cost', 'quality_score']) {
      expect((await metric(customer, type)).points).toEqual([]);
    }
  });

  it.each([
    ['metric_type=speed', 'metric_type'],
    [`metric_type=throughput&start=${LATER}&end=${START}`, 'querystring.end'],
    [`metric_type=throughput&start=yesterday&end=${LATER}`, 'start'],
    [`metric_type=cost_rate&start=${START}&end=${LATER}&instance_ids=i-1`, 'instance_ids'],
  ])('refuses %s', async (query, field) => {
    const customer = await rig.customer();
    const answer = await rig.call('GET', `/customers/${customer.id}/metrics?${query}`, customer.token);
    expect(answer).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } });
    expect(answer.body.detail).toContain(field);
  });

  it("refuses another customer's metrics", async () => {
    const [mine, foreign] = [await rig.customer(), await rig.customer()];
    const path = `/customers/${foreign.id}/metrics?metric_type=throughput&start=${START}&end=${LATER}`;
    expect(await rig.call('GET', path, mine.token)).toMatchObject({
      status: 403,
      body: { code: 'FORBIDDEN' },
    });
  });
});
