import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { MIGRATION_STEPS } from '../../../src/contracts/api/recommendations.ts';
import { instance, inventory, NODES, START_MS } from '../support/flow-data.ts';
import { Cast, inStatus, recommend } from '../support/flow-drafts.ts';
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
  rig.executor.received.length = 0;
  rig.executor.answer = () => ({ status: 202, body: {} });
});
afterEach(async () => {
  await cast[Symbol.asyncDispose]();
});
afterAll(async () => {
  await rig[Symbol.asyncDispose]();
});

const key = () => rig.secrets.serviceKey;
const read = async (id: string) =>
  (await rig.expect(200, 'GET', `/optimizations/${id}`, customer.token)).body;
const step = (id: string, name: string, status: string, evidence: unknown = {}) =>
  rig.call('PUT', `/internal/optimizations/${id}/steps/${name}`, key(), {
    order: 1,
    status,
    started_at: new Date(START_MS).toISOString(),
    finished_at: status === 'running' ? null : new Date(START_MS + 1_000).toISOString(),
    world_started_at: null,
    world_finished_at: null,
    evidence,
  });
const status = (id: string, value: string, actualSavings: number | null = null) =>
  rig.call('PUT', `/internal/optimizations/${id}/status`, key(), {
    status: value,
    result:
      actualSavings === null
        ? null
        : {
            success: true,
            reason: 'done',
            original_state_restored: null,
            differences: [],
            measured: { cost_rate_usd_per_hour: 86.1 },
          },
    actual_savings: actualSavings,
  });
const orders = (id: string) =>
  rig.executor.received.filter(
    ({ path, body }) =>
      path === '/executions' && (body as { optimization_id: string }).optimization_id === id,
  );
const delivered = (id: string) =>
  rig.eventually('the delivery', async () => {
    const [row] = await rig.rows('SELECT 1 FROM optimizations WHERE id = $1 AND delivered_at IS NOT NULL', [
      id,
    ]);
    return row;
  });
const learned = () =>
  rig.eventually('the lesson', async () =>
    (await rig.events(customer.id)).includes('optimization.learned') ? true : undefined,
  );

async function approved(): Promise<{ id: string; recommendation: string }> {
  const recommendation = await recommend(rig, customer);
  await inStatus(rig, recommendation, 'validated');
  const path = `/recommendations/${recommendation}/approve`;
  const { body } = await rig.expect(200, 'POST', path, customer.token, { reason: 'Go.' });
  return { id: body.optimization_id, recommendation };
}

describe('an approved optimization', () => {
  it('reaches the executor once and carries the seven steps', async () => {
    const { id } = await approved();
    await delivered(id);
    expect(orders(id)).toHaveLength(1);
    expect(orders(id)[0]?.headers.authorization).toBe(`Bearer ${key()}`);
    const view = await read(id);
    expect(view).toMatchObject({ status: 'queued', result: null, actual_savings: null, started_at: null });
    expect(view.execution_steps.map((item) => item.name)).toEqual([...MIGRATION_STEPS]);
  });

  it('waits for an executor that is away, and for one that fails', async () => {
    await rig.executor.stop();
    const { id } = await approved();
    await rig.eventually('a refused delivery', async () => {
      const [row] = await rig.rows('SELECT 1 FROM optimizations WHERE id = $1 AND delivery_attempts > 0', [
        id,
      ]);
      return row;
    });
    rig.executor.answer = () => ({ status: orders(id).length > 1 ? 202 : 503, body: {} });
    await rig.executor.start();
    await delivered(id);
    expect(orders(id)).toHaveLength(2);
  });

  it('is handed out whole to the service key, credentials unsealed, and to nobody else', async () => {
    const { id, recommendation } = await approved();
    await delivered(id);
    const runtime = await rig.connectRuntime(customer);
    const fleet = inventory(
      START_MS,
      NODES.map((node) => instance(node)),
    );
    await rig.expect(200, 'POST', '/agent-runtime/discover', runtime, fleet);
    const path = `/internal/optimizations/${id}`;
    const { body } = await rig.expect(200, 'GET', path, key());
    expect(body).toMatchObject({
      optimization: { id },
      recommendation: { id: recommendation, status: 'approved' },
      context: { customer_id: customer.id, cloud: { account_id: '123456789012' } },
      cloud_access: [
        {
          provider: 'aws',
          region: 'us-east-1',
          iam_role_arn: 'arn:aws:iam::123456789012:role/OptiInfraRole',
        },
      ],
      lease: { optimization_id: id, fencing_token: 1 },
    });
    expect(body.context.instances).toHaveLength(4);
    expect(body.context.preferences.slo.latency_ms_p95).toBe(2_000);
    for (const token of [customer.token, rig.secrets.agentKey]) {
      expect((await rig.call('GET', path, token)).status).toBe(403);
    }
    const context = `/internal/customers/${customer.id}/context`;
    const underWay = await rig.expect(200, 'GET', context, rig.secrets.agentKey);
    expect(underWay.body.deployments[0]).not.toHaveProperty('unchanged_since');
    await status(id, 'failed');
    const { body: changed } = await rig.expect(200, 'GET', context, rig.secrets.agentKey);
    const [lease] = await rig.rows<{ world_released_at: Date }>(
      'SELECT world_released_at FROM deployment_leases WHERE customer_id = $1',
      [customer.id],
    );
    expect(changed.deployments[0]).toMatchObject({ unchanged_since: lease?.world_released_at.toISOString() });
    expect(
      (await rig.call('GET', `/internal/customers/${customer.id}/cloud-access`, rig.secrets.agentKey)).status,
    ).toBe(403);
  });
});

describe('reports of the executor', () => {
  it('move steps, optimization and recommendation, tell it once, and end in a lesson', async () => {
    const { id, recommendation } = await approved();
    await delivered(id);
    expect((await status(id, 'executing')).status).toBe(204);
    await inStatus(rig, recommendation, 'executing');
    for (const name of MIGRATION_STEPS) {
      expect((await step(id, name, 'running')).status).toBe(204);
      expect((await step(id, name, 'completed', { ok: true })).status).toBe(204);
      expect((await step(id, name, 'completed', { ok: true })).status).toBe(204);
    }
    expect((await status(id, 'completed', 57_000)).status).toBe(204);
    expect((await status(id, 'completed', 57_000)).status).toBe(204);
    await inStatus(rig, recommendation, 'completed');
    await learned();

    const view = await read(id);
    expect(view).toMatchObject({ status: 'completed', actual_savings: 57_000, result: { success: true } });
    const after = (await rig.events(customer.id)).slice(
      (await rig.events(customer.id)).indexOf('recommendation.approved') + 1,
    );
    expect(after).toEqual([
      'optimization.started',
      'optimization.status',
      ...MIGRATION_STEPS.flatMap(() => ['optimization.step_started', 'optimization.step_completed']),
      'optimization.status',
      'optimization.learned',
    ]);
    const [outcome] = await rig.rows<{ forecast_error: number }>(
      'SELECT * FROM outcomes WHERE optimization_id = $1',
      [id],
    );
    expect(outcome).toMatchObject({
      predicted_savings_usd_per_month: 55_418,
      measured_savings_usd_per_month: 57_000,
      pattern_id: 'pattern-1',
      features: [1, 2, 3],
    });
    expect(outcome?.forecast_error).toBeCloseTo((55_418 - 57_000) / 57_000, 12);
  });

  it('are refused when they contradict what is', async () => {
    const { id } = await approved();
    await step(id, 'create_spot_instances', 'completed');
    expect(await step(id, 'create_spot_instances', 'running')).toMatchObject({
      status: 409,
      body: { code: 'INVALID_STATE' },
    });
    expect((await step(id, 'paint_it_blue', 'running')).status).toBe(404);
    expect((await status(id, 'completed', 1)).status).toBe(409);
    await status(id, 'executing');
    await status(id, 'rolled_back', 0);
    expect((await step(id, 'deploy_canary', 'running')).status).toBe(409);
    expect((await status(id, 'executing')).status).toBe(409);
    expect((await status('opt_none', 'executing')).status).toBe(404);
    const bad = await rig.call('PUT', `/internal/optimizations/${id}/status`, key(), { status: 'fine' });
    expect(bad).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } });
  });

  it('of a rollback reach the recommendation, and the lesson waits for the cost agent', async () => {
    const { id, recommendation } = await approved();
    await status(id, 'executing');
    await cast.agents.cost.crash();
    await status(id, 'rolling_back');
    await status(id, 'rolled_back', 0);
    await inStatus(rig, recommendation, 'rolled_back');
    expect(await rig.events(customer.id)).not.toContain('optimization.learned');
    await cast.agents.cost.restart();
    await learned();
  });
});

describe('cancelling', () => {
  const cancel = (id: string, token: string | null = customer.token) =>
    rig.call('POST', `/optimizations/${id}/cancel`, token, { reason: 'Changed my mind.' });

  it('asks the executor once it may have begun', async () => {
    const { id } = await approved();
    await delivered(id);
    expect((await cancel(id)).status).toBe(200);
    const asked = rig.executor.received.find(({ path }) => path === `/executions/${id}/cancel`);
    expect(asked?.body).toMatchObject({ reason: 'Changed my mind.' });
    expect((await read(id)).status).toBe('queued');
  });

  it('happens at once while nobody has begun, and nothing is learned from it', async () => {
    await rig.executor.stop();
    const { id, recommendation } = await approved();
    // As if the process had died between the approval and the first delivery.
    await rig.eventually('an order nobody was asked for', async () => {
      const [row] = await rig.rows(
        `UPDATE optimizations SET delivery_attempts = 0, next_delivery_at = 'infinity'
         WHERE id = $1 AND delivery_attempts > 0 RETURNING id`,
        [id],
      );
      return row;
    });
    expect(await cancel(id)).toMatchObject({ status: 200, body: { status: 'cancelled' } });
    await inStatus(rig, recommendation, 'rolled_back');
    await rig.executor.start();
    expect(await rig.rows(`SELECT 1 FROM tasks WHERE optimization_id = $1`, [id])).toEqual([]);
    const [outcome] = await rig.rows('SELECT status, pattern_id FROM outcomes WHERE optimization_id = $1', [
      id,
    ]);
    expect(outcome).toEqual({ status: 'cancelled', pattern_id: null });
  });

  it('is refused at the end, to strangers, and while the executor is away', async () => {
    const { id } = await approved();
    await delivered(id);
    const stranger = await rig.customer();
    expect((await cancel(id, stranger.token)).status).toBe(403);
    expect((await cancel(id, null)).status).toBe(401);
    expect((await cancel('opt_none')).status).toBe(404);
    await rig.executor.stop();
    expect(await cancel(id)).toMatchObject({ status: 503, body: { code: 'DEPENDENCY_UNAVAILABLE' } });
    await rig.executor.start();
    await status(id, 'failed', 0);
    expect(await cancel(id)).toMatchObject({ status: 409, body: { code: 'INVALID_STATE' } });
  });
});

describe('the dashboard', () => {
  it('agrees with the stores', async () => {
    const runtime = await rig.connectRuntime(customer);
    const fleet = inventory(
      START_MS,
      NODES.map((node) => instance(node)),
    );
    await rig.expect(200, 'POST', '/agent-runtime/discover', runtime, fleet);
    const id = await recommend(rig, customer);
    await inStatus(rig, id, 'validated');
    const path = `/portal/customers/${customer.id}/dashboard`;
    const { body } = await rig.expect(200, 'GET', path, customer.token);
    expect(body).toMatchObject({ potential_savings: 55_418, active_optimizations: 0 });
    expect(body.current_spend).toBeCloseTo(120_012, 6);
    expect(body.recommendations).toMatchObject([{ id }]);
    expect(body.agents.map((agent) => agent.status)).toEqual(Array(4).fill('healthy'));
    const stranger = await rig.customer();
    expect((await rig.call('GET', path, stranger.token)).status).toBe(403);
  });
});
