import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type { GoldenRunOrder } from '../../../src/contracts/api/agent-runtime.ts';
import type { GoldenRunStatus } from '../../../src/contracts/api/orchestration.ts';
import { FlowRig } from '../support/flow-rig.ts';
import {
  discover,
  goldenAnswers,
  order,
  post,
  servedCustomer,
  type ServedCustomer,
} from '../support/golden-prompts.ts';

let rig: FlowRig;
let customer: ServedCustomer;
beforeAll(async () => {
  rig = await FlowRig.start();
});
beforeEach(async () => {
  customer = await servedCustomer(rig);
});
afterAll(async () => {
  await rig[Symbol.asyncDispose]();
});

const next = (waitMs: number, token = customer.runtime) =>
  rig.call('GET', `/agent-runtime/golden-runs/next?wait_ms=${waitMs}`, token);
async function status(run: string, customerId = customer.id): Promise<GoldenRunStatus> {
  const path = `/internal/customers/${customerId}/golden-runs/${run}`;
  return (await rig.expect(200, 'GET', path, rig.secrets.agentKey)).body as unknown as GoldenRunStatus;
}

describe('a golden run', () => {
  it('goes from the agent to the runtime and back with its answers', async () => {
    const ordered = await order(rig, customer.id);
    expect(ordered).toMatchObject({ deployment: 'vllm-prod-1', status: 'ordered', answers: [] });
    const { golden_run_id } = ordered;
    expect((await next(0)).body).toEqual({ golden_run_id, deployment: 'vllm-prod-1', prompts: 4 });
    const answers = goldenAnswers(4);
    expect(await post(rig, customer.runtime, { golden_run_id, answers, problem: null })).toBe(204);
    expect(await status(golden_run_id)).toEqual({ ...ordered, status: 'completed', answers });
    expect((await next(0)).status).toBe(204);
    const audit = await rig.rows<{ action: string }>(
      "SELECT action FROM audit_log WHERE customer_id = $1 AND action LIKE 'golden%' ORDER BY sequence",
      [customer.id],
    );
    expect(audit.map(({ action }) => action)).toEqual(['golden_run.ordered', 'golden_run.completed']);
  });

  it('wakes a waiting runtime, which otherwise hears nothing until its wait is over', async () => {
    const startedMs = performance.now();
    expect((await next(300)).status).toBe(204);
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(290);
    const waiting = next(20_000);
    const { golden_run_id } = await order(rig, customer.id);
    const heard = (await waiting).body as unknown as GoldenRunOrder;
    expect(heard.golden_run_id).toBe(golden_run_id);
    expect(performance.now() - startedMs).toBeLessThan(10_000);
  });

  it('is shared while it is open, and is another one for another number or configuration', async () => {
    const [first, second] = await Promise.all([order(rig, customer.id), order(rig, customer.id)]);
    expect(second.golden_run_id).toBe(first.golden_run_id);
    const more = await order(rig, customer.id, 5);
    await discover(rig, customer.runtime, 1, { revision: 'next' });
    const changed = await order(rig, customer.id);
    expect(new Set([first, more, changed].map((run) => run.golden_run_id)).size).toBe(3);
  });

  it('counts the first complete result, whatever comes after', async () => {
    const { golden_run_id } = await order(rig, customer.id);
    const results = { golden_run_id, answers: goldenAnswers(4), problem: null };
    expect(await post(rig, customer.runtime, results)).toBe(204);
    expect(await post(rig, customer.runtime, results)).toBe(204);
    const other = { golden_run_id, answers: goldenAnswers(4, 0.1), problem: null };
    expect(await post(rig, customer.runtime, other)).toBe(204);
    const partial = { golden_run_id, answers: [], problem: 'too late' };
    expect(await post(rig, customer.runtime, partial)).toBe(204);
    expect(await status(golden_run_id)).toMatchObject({ status: 'completed', answers: results.answers });
  });

  it('fails with the answers there are, and is mended by a complete result', async () => {
    const { golden_run_id } = await order(rig, customer.id);
    const partial = { golden_run_id, answers: goldenAnswers(3), problem: 'i-4 did not answer' };
    expect(await post(rig, customer.runtime, partial)).toBe(204);
    expect(await status(golden_run_id)).toMatchObject({
      status: 'failed',
      problem: 'i-4 did not answer',
      answers: goldenAnswers(3),
    });
    expect(await post(rig, customer.runtime, { ...partial, answers: [] })).toBe(204);
    expect((await status(golden_run_id)).answers).toHaveLength(3);
    await post(rig, customer.runtime, { golden_run_id, answers: goldenAnswers(4), problem: null });
    expect(await status(golden_run_id)).toMatchObject({ status: 'completed', problem: null });
  });

  it('refuses results that contradict themselves, naming the field', async () => {
    const { golden_run_id } = await order(rig, customer.id);
    const answers = goldenAnswers(4);
    const refused = async (body: unknown): Promise<string> => {
      const answer = await rig.call('POST', '/agent-runtime/golden-results', customer.runtime, body);
      expect(answer).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } });
      return JSON.stringify(answer.body);
    };
    const base = { golden_run_id, problem: null };
    expect(await refused({ ...base, answers: answers.slice(1) })).toContain('body.problem');
    expect(await refused({ golden_run_id, answers, problem: 'but why' })).toContain('body.problem');
    expect(await refused({ ...base, answers: goldenAnswers(5) })).toContain('body.answers');
    expect(await refused({ ...base, answers: [...answers.slice(1), answers[1]] })).toContain('twice');
    const impossible = answers.map((answer) => ({ ...answer, quality_score: 1.2 }));
    expect(await refused({ ...base, answers: impossible })).toContain('quality_score');
    expect(await refused('{}')).toContain('golden_run_id');
    expect((await status(golden_run_id)).status).toBe('ordered');
  });

  it('of a deployment that nobody has reported is refused', async () => {
    const path = `/internal/customers/${customer.id}/golden-runs`;
    const key = rig.secrets.agentKey;
    await rig.expect(404, 'POST', path, key, { deployment: 'unknown', prompts: 4 });
    await rig.expect(400, 'POST', path, key, { deployment: 'vllm-prod-1', prompts: 0 });
    await rig.expect(404, 'POST', '/internal/customers/cus_nobody/golden-runs', key, {
      deployment: 'vllm-prod-1',
      prompts: 4,
    });
  });
});

describe('another customer', () => {
  it('neither hears of a run nor answers it nor sees it', async () => {
    const other = await servedCustomer(rig);
    const { golden_run_id } = await order(rig, customer.id);
    expect((await next(0, other.runtime)).status).toBe(204);
    const results = { golden_run_id, answers: goldenAnswers(4), problem: null };
    expect(await post(rig, other.runtime, results)).toBe(404);
    expect((await status(golden_run_id)).status).toBe('ordered');
    const path = `/internal/customers/${other.id}/golden-runs/${golden_run_id}`;
    await rig.expect(404, 'GET', path, rig.secrets.agentKey);
  });

  it('is kept out by the database itself', async () => {
    await order(rig, customer.id);
    const other = await rig.customer();
    const seen = async (scope: Record<string, string>) =>
      (await rig.stores.queryAsApp('SELECT id FROM golden_runs', scope)).length;
    expect(await seen({})).toBe(0);
    expect(await seen({ 'optiinfra.customer_id': other.id })).toBe(0);
    expect(await seen({ 'optiinfra.customer_id': customer.id })).toBe(1);
  });

  it('and every other key is refused at each door', async () => {
    const { golden_run_id } = await order(rig, customer.id);
    const orders = `/internal/customers/${customer.id}/golden-runs`;
    const body = { deployment: 'vllm-prod-1', prompts: 4 };
    for (const token of [null, customer.token, customer.runtime, rig.secrets.serviceKey]) {
      const wanted = token === null ? 401 : 403;
      await rig.expect(wanted, 'POST', orders, token, body);
      await rig.expect(wanted, 'GET', `${orders}/${golden_run_id}`, token);
    }
    for (const token of [null, customer.token, rig.secrets.agentKey]) {
      const wanted = token === null ? 401 : 403;
      await rig.expect(wanted, 'GET', '/agent-runtime/golden-runs/next', token);
      await rig.expect(wanted, 'POST', '/agent-runtime/golden-results', token, {});
    }
  });
});
