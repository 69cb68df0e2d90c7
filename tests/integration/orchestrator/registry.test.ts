import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { AgentStub } from '../support/agent-stub.ts';
import { FlowRig } from '../support/flow-rig.ts';

let rig: FlowRig;
beforeAll(async () => {
  rig = await FlowRig.start();
});
afterAll(async () => {
  await rig[Symbol.asyncDispose]();
});

const nothing = () => ({ type: 'analyze' as const, recommendations: [], findings: [] });
const listed = async (id: string) => {
  const { body } = await rig.expect(200, 'GET', '/orchestrator/agents', await rig.admin());
  return body.items.find(({ agent_id }) => agent_id === id);
};

describe('the registry', () => {
  it('knows the same type and name as the same agent, wherever it runs', async () => {
    await using agent = await AgentStub.start(rig, 'cost', nothing);
    const first = agent.id;
    await agent.register();
    expect(agent.id).toBe(first);
    await using other = await AgentStub.start(rig, 'cost', nothing, 'cost-2');
    expect(other.id).not.toBe(first);
    await using namesake = await AgentStub.start(rig, 'resource', nothing, 'cost-1');
    expect(namesake.id).not.toBe(first);
  });

  it('declares an agent unreachable after three missed beats, once, and takes it back with its identity', async () => {
    const customer = await rig.customer();
    await using agent = await AgentStub.start(rig, 'performance', nothing, 'silent');
    rig.clock.advanceWall(29_000);
    expect(await listed(agent.id)).toMatchObject({ status: 'healthy' });
    rig.clock.advanceWall(2_000);
    await rig.eventually('unreachable', async () =>
      (await listed(agent.id))?.status === 'unreachable' ? true : undefined,
    );
    expect(await agent.beat()).toBe(204);
    expect(await listed(agent.id)).toMatchObject({ status: 'healthy' });
    expect((await rig.events(customer.id)).slice(1)).toEqual(['agent.unreachable', 'agent.recovered']);
  });

  it('refuses beats of an agent it does not know', async () => {
    await using agent = await AgentStub.start(rig, 'resource', nothing, 'leaving');
    await rig.expect(204, 'POST', `/orchestrator/agents/${agent.id}/deregister`, rig.secrets.agentKey, {});
    expect(await agent.beat()).toBe(404);
    const path = '/orchestrator/agents/agt_nobody/heartbeat';
    const body = { status: 'healthy', current_tasks: 0, load: 0 };
    const answer = await rig.call('POST', path, rig.secrets.agentKey, body);
    expect(answer).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
  });

  it.each([
    ['no key', null, 401],
    ['a wrong key', 'wrong', 401],
  ])('refuses a registration with %s', async (_, key, status) => {
    const body = {
      agent_type: 'cost',
      name: 'x',
      version: '1',
      capabilities: [],
      endpoint: 'http://127.0.0.1:1',
    };
    expect((await rig.call('POST', '/orchestrator/agents/register', key, body)).status).toBe(status);
  });

  it.each([
    ['agent_type', { agent_type: 'weather' }],
    ['endpoint', { endpoint: 'file:///etc/passwd' }],
    ['name', { name: '' }],
  ])('names the bad field %s', async (field, change) => {
    const good = {
      agent_type: 'cost',
      name: 'x',
      version: '1',
      capabilities: [],
      endpoint: 'http://127.0.0.1:1',
    };
    const path = '/orchestrator/agents/register';
    const answer = await rig.call('POST', path, rig.secrets.agentKey, { ...good, ...change });
    expect(answer).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } });
    expect(answer.body.detail).toContain(field);
  });

  it('lists agents to an administrator only', async () => {
    const customer = await rig.customer();
    expect((await rig.call('GET', '/orchestrator/agents', customer.token)).status).toBe(403);
  });
});
