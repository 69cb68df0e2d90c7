import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type { Lease } from '../../../src/contracts/api/orchestration.ts';
import { START_MS } from '../support/flow-data.ts';
import { approve, Cast, draft, handedOut, inStatus, recommend, report } from '../support/flow-drafts.ts';
import { FlowRig, type TestCustomer } from '../support/flow-rig.ts';

let rig: FlowRig;
let cast: Cast;
let customer: TestCustomer;
beforeAll(async () => {
  rig = await FlowRig.start();
});
beforeEach(async () => {
  cast = await Cast.start(rig);
  customer = await rig.customer();
});
afterEach(async () => {
  await cast[Symbol.asyncDispose]();
});
afterAll(async () => {
  await rig[Symbol.asyncDispose]();
});

/** A recommendation for a deployment; one of another type than the last, so that none replaces the other. */
async function offer(deployment: string, type: 'spot_migration' | 'commitment' = 'spot_migration') {
  cast.drafts = [draft({ type, risk_level: 'low', plan: { ...draft().plan, deployment } as never })];
  return recommend(rig, customer);
}
const statusOf = async (id: string) =>
  (await rig.expect(200, 'GET', `/optimizations/${id}`, customer.token)).body;
const delivered = async (id: string) =>
  (await rig.rows('SELECT 1 FROM optimizations WHERE id = $1 AND delivery_attempts > 0', [id])).length > 0;
const ask = () =>
  rig.eventually(
    'two rounds of deliveries',
    (() => {
      const until = rig.clock.monotonicMs() + 1_200;
      return async () => (rig.clock.monotonicMs() > until ? true : undefined);
    })(),
  );
const wanted = (weight: number, lease: Lease, name = 'vllm-prod-1') => ({
  deployments: [{ name, weights: { 'i-1': weight }, engine_configurations: {} }],
  lease,
});
const put = (body: unknown, key = rig.secrets.serviceKey) =>
  rig.call('PUT', `/internal/customers/${customer.id}/desired-state`, key, body);

describe('one optimization at a time holds a deployment', () => {
  it('the second waits, gets it when the first has ended, and the first may no longer write', async () => {
    const offers = [await offer('vllm-prod-1'), await offer('vllm-prod-1', 'commitment')];
    const first = await approve(rig, customer, offers[0]!);
    const { lease } = await handedOut(rig, first);
    expect(lease).toEqual({ optimization_id: first, fencing_token: 1 });
    expect((await put(wanted(1, lease))).status).toBe(200);
    await report(rig, first, 'executing');

    const second = await approve(rig, customer, offers[1]!);
    await ask();
    expect(await delivered(second)).toBe(false);
    expect((await statusOf(second)).status).toBe('queued');
    const order = `/internal/optimizations/${second}`;
    expect(await rig.call('GET', order, rig.secrets.serviceKey)).toMatchObject({
      status: 409,
      body: { code: 'STALE_LEASE' },
    });

    await report(rig, first, 'completed');
    const next = (await handedOut(rig, second)).lease;
    expect(next).toEqual({ optimization_id: second, fencing_token: 2 });
    const late = await put(wanted(99, lease));
    expect(late).toMatchObject({ status: 409, body: { code: 'STALE_LEASE' } });
    expect(late.body.detail).toContain(second);
    expect((await put(wanted(2, next))).body.generation).toBe(2);
  });

  it('work on disjoint deployments runs at the same time', async () => {
    const one = await approve(rig, customer, await offer('a'));
    const two = await approve(rig, customer, await offer('b'));
    const leases = [(await handedOut(rig, one)).lease, (await handedOut(rig, two)).lease];
    expect(leases.map(({ fencing_token }) => fencing_token)).toEqual([1, 1]);
    expect((await put(wanted(1, leases[0]!, 'a'))).status).toBe(200);
    expect((await put(wanted(1, leases[1]!, 'b'))).status).toBe(200);
    expect(await put(wanted(1, leases[0]!, 'b'))).toMatchObject({
      status: 409,
      body: { code: 'STALE_LEASE' },
    });
  });

  it('nobody writes without a lease: none ever given, a wrong number, or one that has ended', async () => {
    const id = await approve(rig, customer, await offer('a'));
    const { lease } = await handedOut(rig, id);
    const stale = { status: 409, body: { code: 'STALE_LEASE' } };
    expect(await put(wanted(1, lease, 'never-held'))).toMatchObject(stale);
    expect(await put(wanted(1, { ...lease, fencing_token: 2 }, 'a'))).toMatchObject(stale);
    await report(rig, id, 'failed');
    expect(await put(wanted(1, lease, 'a'))).toMatchObject(stale);
    expect((await put({ deployments: wanted(1, lease).deployments })).status).toBe(400);
    for (const key of [customer.token, rig.secrets.agentKey]) {
      expect((await put(wanted(1, lease, 'a'), key)).status).toBe(403);
    }
  });

  it('is not seen or taken by another customer', async () => {
    const id = await approve(rig, customer, await offer('a'));
    await handedOut(rig, id);
    const rows = await rig.stores.queryAsApp(`SELECT 1 FROM deployment_leases`, {
      'optiinfra.customer_id': (await rig.customer()).id,
    });
    expect(rows).toEqual([]);
  });
});

describe('dependencies', () => {
  const depend = (id: string, on: readonly string[]) =>
    rig.call('PUT', `/recommendations/${id}/dependencies`, customer.token, { depends_on: on });

  it('hold an approved optimization back until what it waits for has completed', async () => {
    const [first, second] = [await offer('a'), await offer('b')];
    await inStatus(rig, first, 'validated');
    expect((await depend(second, [first])).status).toBe(200);
    const waiting = await approve(rig, customer, second);
    await ask();
    expect(await delivered(waiting)).toBe(false);
    const needed = await approve(rig, customer, first);
    await handedOut(rig, needed);
    await report(rig, needed, 'executing');
    await report(rig, needed, 'completed');
    await handedOut(rig, waiting);
    const { body } = await rig.expect(200, 'GET', `/recommendations/${second}`, customer.token);
    expect(body).toMatchObject({ depends_on: [first] });
  });

  it('fail it with the reason when that does not work out, and what waits for it as well', async () => {
    const [first, second, third] = [await offer('a'), await offer('b'), await offer('c')];
    for (const id of [first, second, third]) await inStatus(rig, id, 'validated');
    await depend(second, [first]);
    await depend(third, [second]);
    const last = await approve(rig, customer, third);
    const middle = await approve(rig, customer, second);
    const needed = await approve(rig, customer, first);
    await handedOut(rig, needed);
    await report(rig, needed, 'executing');
    await report(rig, needed, 'rolled_back');
    for (const [id, on] of [
      [middle, first],
      [last, second],
    ] as const) {
      const ended = await rig.eventually(`the end of ${id}`, async () => {
        const body = await statusOf(id);
        return body.status === 'failed' ? body : undefined;
      });
      expect(ended).toMatchObject({ started_at: null, result: { success: false } });
      expect(JSON.stringify(ended)).toContain(on);
    }
    await inStatus(rig, third, 'failed');
  });

  it('are refused when they close a circle of any length, which is named', async () => {
    const ids = [await offer('a'), await offer('b'), await offer('c')];
    const [a, b, c] = ids as [string, string, string];
    expect(await depend(a, [a])).toMatchObject({ status: 409, body: { code: 'DEPENDENCY_CYCLE' } });
    expect((await depend(a, [b])).status).toBe(200);
    expect((await depend(b, [c])).status).toBe(200);
    const refused = await depend(c, [a]);
    expect(refused).toMatchObject({ status: 409, body: { code: 'DEPENDENCY_CYCLE' } });
    for (const id of ids) expect(refused.body.detail).toContain(id);
    expect(refused.body.detail.match(/→/g)).toHaveLength(3);
    const rows = await rig.rows('SELECT 1 FROM recommendation_dependencies WHERE recommendation_id = $1', [
      c,
    ]);
    expect(rows).toEqual([]);
  });

  it('never close a circle by two halves written at once', async () => {
    const [a, b] = [await offer('a'), await offer('b')];
    const both = await Promise.all([depend(a, [b]), depend(b, [a])]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  it('are the customer’s own, and of what is still open', async () => {
    const [a, b] = [await offer('a'), await offer('b')];
    const stranger = await rig.customer();
    const path = `/recommendations/${a}/dependencies`;
    expect((await rig.call('PUT', path, stranger.token, { depends_on: [b] })).status).toBe(403);
    expect(await depend(a, ['rec_none'])).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } });
    await approve(rig, customer, a);
    expect(await depend(a, [b])).toMatchObject({ status: 409, body: { code: 'ALREADY_DECIDED' } });
  });

  it('order a bulk approval', async () => {
    const [a, b] = [await offer('a'), await offer('b')];
    for (const id of [a, b]) await inStatus(rig, id, 'validated');
    await depend(a, [b]);
    const path = `/customers/${customer.id}/recommendations/bulk-approve`;
    const { body } = await rig.expect(200, 'POST', path, customer.token, {
      recommendation_ids: [a, b],
      reason: 'Both.',
    });
    expect(body.results).toMatchObject([{ recommendation_id: b }, { recommendation_id: a }]);
  });
});

describe('desired state', () => {
  const poll = (runtime: string, after: number, waitMs: number) =>
    rig.call(
      'GET',
      `/agent-runtime/desired-state?after_generation=${String(after)}&wait_ms=${String(waitMs)}`,
      runtime,
    );
  const leaseOf = async (deployment: string) =>
    (await handedOut(rig, await approve(rig, customer, await offer(deployment)))).lease;

  it('answers a long poll when a newer one is written, and 204 when none is', async () => {
    const runtime = await rig.connectRuntime(customer);
    const lease = await leaseOf('vllm-prod-1');
    expect((await poll(runtime, 0, 0)).status).toBe(204);
    const waiting = poll(runtime, 0, 20_000);
    await put(wanted(10, lease));
    expect((await waiting).body).toMatchObject({ generation: 1, deployments: wanted(10, lease).deployments });
  });

  it('keeps the part of other deployments, and reports what was applied', async () => {
    const runtime = await rig.connectRuntime(customer);
    await put(wanted(10, await leaseOf('a'), 'a'));
    expect((await put(wanted(20, await leaseOf('b'), 'b'))).body.generation).toBe(2);
    const { body } = await poll(runtime, 1, 0);
    expect(body.deployments.map((item) => item.name)).toEqual(['a', 'b']);
    const path = `/internal/customers/${customer.id}/desired-state/1`;
    const read = async () => (await rig.expect(200, 'GET', path, rig.secrets.serviceKey)).body;
    expect(await read()).toMatchObject({ applied: false });
    const applied = { generation: 2, applied_at_ms: START_MS, problems: { 'i-1': 'refused' } };
    await rig.expect(204, 'POST', '/agent-runtime/desired-state/applied', runtime, applied);
    expect(await read()).toEqual({
      generation: 1,
      applied: true,
      applied_at_ms: START_MS,
      problems: { 'i-1': 'refused' },
    });
  });
});
