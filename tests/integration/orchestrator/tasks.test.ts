import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { AgentTask } from '../../../src/contracts/api/orchestration.ts';
import { AgentStub } from '../support/agent-stub.ts';
import { FlowRig, type TestCustomer } from '../support/flow-rig.ts';

let rig: FlowRig;
beforeAll(async () => {
  rig = await FlowRig.start();
});
afterAll(async () => {
  await rig[Symbol.asyncDispose]();
});

const nothing = () => ({ type: 'analyze' as const, recommendations: [], findings: ['nothing to do'] });

async function analyze(customer: TestCustomer): Promise<{ analysis_id: string; task_id: string }> {
  const path = `/customers/${customer.id}/analyze`;
  const { body } = await rig.expect(202, 'POST', path, customer.token, { agent_type: 'cost' });
  return body;
}
async function ended(customer: TestCustomer, taskId: string) {
  return rig.eventually(`the end of ${taskId}`, async () => {
    const { body } = await rig.expect(200, 'GET', `/orchestrator/tasks/${taskId}`, customer.token);
    return ['completed', 'failed', 'timeout'].includes(body.status) ? body : undefined;
  });
}

describe('a task', () => {
  it('is done by an agent, with the agent key and an event at each end', async () => {
    const customer = await rig.customer();
    await using agent = await AgentStub.start(rig, 'cost', nothing);
    const { task_id, analysis_id } = await analyze(customer);
    const task = await ended(customer, task_id);
    expect(task).toMatchObject({ status: 'completed', attempts: 1, agent_id: agent.id, result: nothing() });
    expect(agent.tasks).toMatchObject([{ task_id, type: 'analyze', customer_id: customer.id, analysis_id }]);
    expect(agent.keys).toEqual([`Bearer ${rig.secrets.agentKey}`]);
    expect((await rig.events(customer.id)).slice(1)).toEqual(['analysis.started', 'analysis.completed']);
  });

  it.each([
    ['no JSON', { text: '<html>' }],
    ['another shape', { status: 200, body: { hello: 'world' } }],
    ['another kind of result', { type: 'learn' as const, pattern_id: 'p', features: [] }],
    ['an error', { status: 500, body: { code: 'INTERNAL' } }],
    ['a broken connection', 'drop' as const],
  ])('fails after three attempts that meet %s', async (_, trouble) => {
    const customer = await rig.customer();
    await using agent = await AgentStub.start(rig, 'cost', () => trouble);
    const task = await ended(customer, (await analyze(customer)).task_id);
    expect(task).toMatchObject({ status: 'failed', attempts: 3, result: null });
    expect(task.error).toMatch(/./);
    expect(new Set(agent.tasks.map(({ task_id }) => task_id)).size).toBe(1);
    expect(agent.tasks).toHaveLength(3);
    expect((await rig.events(customer.id)).slice(1)).toEqual(['analysis.started', 'analysis.failed']);
  });

  it('recovers when a later attempt is well', async () => {
    const customer = await rig.customer();
    let calls = 0;
    await using _agent = await AgentStub.start(rig, 'cost', () =>
      (calls += 1) === 1 ? { text: '?' } : nothing(),
    );
    const task = await ended(customer, (await analyze(customer)).task_id);
    expect(task).toMatchObject({ status: 'completed', attempts: 2, error: null });
  });

  it('goes to another instance when one dies under it, and counts once', async () => {
    const customer = await rig.customer();
    await using dying = await AgentStub.start(rig, 'cost', () => 'drop', 'cost-a');
    await using living = await AgentStub.start(rig, 'cost', nothing, 'cost-b');
    await dying.beat(0);
    await living.beat(0.9);
    const task = await ended(customer, (await analyze(customer)).task_id);
    expect(task).toMatchObject({ status: 'completed', attempts: 2, agent_id: living.id });
    expect([dying.tasks.length, living.tasks.length]).toEqual([1, 1]);
    expect((await rig.events(customer.id)).filter((type) => type === 'analysis.completed')).toHaveLength(1);
  });

  it('goes to the instance with the least load, and never to one that drains', async () => {
    const customer = await rig.customer();
    await using busy = await AgentStub.start(rig, 'cost', nothing, 'cost-a');
    await using idle = await AgentStub.start(rig, 'cost', nothing, 'cost-b');
    await using draining = await AgentStub.start(rig, 'cost', nothing, 'cost-c');
    await busy.beat(0.8);
    await idle.beat(0.2);
    await draining.beat(0, 'draining');
    expect(await ended(customer, (await analyze(customer)).task_id)).toMatchObject({ agent_id: idle.id });
    await idle.beat(0.9);
    expect(await ended(customer, (await analyze(customer)).task_id)).toMatchObject({ agent_id: busy.id });
    expect(draining.tasks).toEqual([]);
  });

  it('that a stopped orchestrator had sent is taken up by the next, under the same id and attempt', async () => {
    const customer = await rig.customer();
    const seen: AgentTask[] = [];
    let answering = false;
    await using _agent = await AgentStub.start(rig, 'cost', (task) => {
      seen.push(task);
      return answering ? nothing() : 'hang';
    });
    const { task_id } = await analyze(customer);
    await rig.eventually('the first delivery', async () => (seen.length > 0 ? true : undefined));
    await rig.stopOrchestrator();
    answering = true;
    await rig.startOrchestrator();
    expect(await ended(customer, task_id)).toMatchObject({ status: 'completed', attempts: 1 });
    expect(seen.map((task) => task.task_id)).toEqual([task_id, task_id]);
  });
});

describe('nobody there', () => {
  it('is told to a caller at once', async () => {
    const customer = await rig.customer();
    const path = `/customers/${customer.id}/analyze`;
    const answer = await rig.call('POST', path, customer.token, { agent_type: 'cost' });
    expect(answer).toMatchObject({ status: 503, body: { code: 'NO_HEALTHY_AGENT' } });
    expect(await rig.rows('SELECT 1 FROM analyses WHERE customer_id = $1', [customer.id])).toEqual([]);
  });

  it('holds as well while the only instance has an open breaker, until it registers anew', async () => {
    const customer = await rig.customer();
    await using agent = await AgentStub.start(rig, 'cost', () => ({ text: '?' }));
    await ended(customer, (await analyze(customer)).task_id);
    const path = `/customers/${customer.id}/analyze`;
    expect((await rig.call('POST', path, customer.token, { agent_type: 'cost' })).status).toBe(503);
    agent.handle = nothing;
    await agent.register();
    expect(await ended(customer, (await analyze(customer)).task_id)).toMatchObject({ status: 'completed' });
  });

  it('ends a task whose agents vanished before they could take it', async () => {
    const customer = await rig.customer();
    await using agent = await AgentStub.start(rig, 'cost', nothing);
    await agent.crash();
    const { task_id } = await analyze(customer);
    await rig.eventually('a refused connection', async () => {
      const [row] = await rig.rows<{ error: string | null }>('SELECT error FROM tasks WHERE id = $1', [
        task_id,
      ]);
      return row?.error ?? undefined;
    });
    rig.clock.advanceWall(31_000);
    expect(await ended(customer, task_id)).toMatchObject({ status: 'failed', attempts: 0 });
  });
});

describe('routing by hand', () => {
  it('tells the agent and the task to the service key', async () => {
    const customer = await rig.customer();
    await using agent = await AgentStub.start(rig, 'cost', nothing);
    const body = { customer_id: customer.id, analysis_type: 'cost' };
    const answer = await rig.expect(202, 'POST', '/orchestrator/analyze', rig.secrets.serviceKey, body);
    expect(answer.body).toMatchObject({ routed_to_agent: agent.id });
    expect(await ended(customer, answer.body.task_id)).toMatchObject({ status: 'completed' });
  });

  it("refuses another customer's analyses and tasks", async () => {
    const [mine, foreign] = [await rig.customer(), await rig.customer()];
    await using _agent = await AgentStub.start(rig, 'cost', nothing);
    const { task_id } = await analyze(foreign);
    const asked = { agent_type: 'cost' };
    expect((await rig.call('POST', `/customers/${foreign.id}/analyze`, mine.token, asked)).status).toBe(403);
    expect((await rig.call('GET', `/orchestrator/tasks/${task_id}`, mine.token)).status).toBe(403);
    expect((await rig.call('GET', `/orchestrator/tasks/${task_id}`, null)).status).toBe(401);
    expect((await rig.call('GET', '/orchestrator/tasks/tsk_none', mine.token)).status).toBe(404);
    await ended(foreign, task_id);
  });

  it('names an agent type that there is not', async () => {
    const customer = await rig.customer();
    const path = `/customers/${customer.id}/analyze`;
    const answer = await rig.call('POST', path, customer.token, { agent_type: 'weather' });
    expect(answer).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } });
    expect(answer.body.detail).toContain('agent_type');
  });
});
