import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type { InstanceReport } from '../../../src/contracts/api/agent-runtime.ts';
import type { AgentTask } from '../../../src/contracts/api/orchestration.ts';
import { instance, inventory, START_MS } from '../support/flow-data.ts';
import { approve, Cast, draft, handedOut, inStatus, recommend, report } from '../support/flow-drafts.ts';
import { FlowRig, type TestCustomer } from '../support/flow-rig.ts';

let rig: FlowRig;
let cast: Cast;
let customer: TestCustomer;
let runtime: string;
beforeAll(async () => {
  rig = await FlowRig.start();
});
beforeEach(async () => {
  cast = await Cast.start(rig);
  cast.drafts = [];
  customer = await rig.customer();
  runtime = await rig.connectRuntime(customer);
});
afterEach(async () => {
  await cast[Symbol.asyncDispose]();
});
afterAll(async () => {
  await rig[Symbol.asyncDispose]();
});

const spot = (id: string, changes: Partial<InstanceReport> = {}) =>
  instance(id, { lifecycle: 'spot', ...changes });
/** An inventory as seen now in world time. */
const see = (...instances: readonly InstanceReport[]) =>
  rig.expect(200, 'POST', '/agent-runtime/discover', runtime, inventory(rig.clock.worldMs(), instances));
const triggers = () =>
  cast.agents.cost.tasks.flatMap((task: AgentTask) =>
    task.type === 'analyze' && task.customer_id === customer.id && task.trigger !== null
      ? [task.trigger]
      : [],
  );
const triggered = (count: number) =>
  rig.eventually(`${String(count)} analyses`, async () =>
    triggers().length >= count ? triggers() : undefined,
  );
/** Long enough for an analysis to have reached the agent, had there been one. */
const settle = () => rig.clock.sleepWall(700);
const notices = async () =>
  (await rig.events(customer.id)).filter((type) => type === 'instance.interruption_notice').length;
const LOST = { kind: 'interruption', instance_id: 'i-2' };

async function holdDeployment(): Promise<string> {
  cast.drafts = [draft()];
  const id = await approve(rig, customer, await recommend(rig, customer));
  cast.drafts = [];
  await handedOut(rig, id);
  await report(rig, id, 'executing');
  return id;
}

describe('a spot node that the cloud takes back', () => {
  it('is announced once and asks the cost agent once, whatever follows', async () => {
    await see(instance('i-1'), spot('i-2'));
    const noticed = spot('i-2', { interruption_at_ms: START_MS + 120_000 });
    await see(instance('i-1'), noticed);
    expect(await triggered(1)).toEqual([LOST]);
    await see(instance('i-1'), noticed);
    await see(instance('i-1'));
    await settle();
    expect(triggers()).toEqual([LOST]);
    expect(await notices()).toBe(1);
  });

  it('asks even when it vanishes without a word', async () => {
    await see(instance('i-1'), spot('i-2'));
    await see(instance('i-1'));
    expect(await triggered(1)).toEqual([LOST]);
  });

  it('asks nobody while an optimization holds the deployment, nor for what that ended', async () => {
    await see(instance('i-1'), spot('i-2'), spot('i-3'));
    const id = await holdDeployment();
    await see(instance('i-1'), spot('i-2', { interruption_at_ms: START_MS + 120_000 }), spot('i-3'));
    await see(instance('i-1'), spot('i-3'));
    await report(rig, id, 'completed');
    // The inventory before is older than the end of the optimization: it may have ended the node.
    await see(instance('i-1'));
    await settle();
    expect(triggers()).toEqual([]);
    expect(await notices()).toBe(1);
  });

  it('asks when it was announced under an optimization that ended before it went', async () => {
    await see(instance('i-1'), spot('i-2'));
    const id = await holdDeployment();
    await see(instance('i-1'), spot('i-2', { interruption_at_ms: START_MS + 120_000 }));
    await report(rig, id, 'completed');
    // No inventory in between: nothing but the announcement tells that the cloud took it.
    await see(instance('i-1'));
    expect(await triggered(1)).toEqual([LOST]);
  });

  it('asks when it goes after the optimization has ended', async () => {
    await see(instance('i-1'), spot('i-2'));
    const id = await holdDeployment();
    await report(rig, id, 'completed');
    await rig.clock.sleepWorld(1_000);
    await see(instance('i-1'), spot('i-2'));
    await see(instance('i-1'));
    expect(await triggered(1)).toEqual([LOST]);
  });

  it('is replaced without a person once the agents agree', async () => {
    await see(instance('i-1'), spot('i-2'));
    cast.drafts = [
      draft({
        type: 'spot_replacement',
        title: 'Replace i-2',
        plan: {
          kind: 'replacement',
          deployment: 'vllm-prod-1',
          provider: 'aws',
          region: 'us-east-1',
          instance_type: 'p4d.24xlarge',
          lost_instance_id: 'i-2',
          spot_zones: ['us-east-1b'],
          on_demand_zone: 'us-east-1a',
        },
      }),
    ];
    await see(instance('i-1'));
    const row = await rig.eventually('the optimization', async () => {
      const [found] = await rig.rows<{ id: string; recommendation_id: string }>(
        'SELECT id, recommendation_id FROM optimizations WHERE customer_id = $1',
        [customer.id],
      );
      return found;
    });
    const { optimization } = await handedOut(rig, row.id);
    expect(optimization.execution_steps.map(({ name }) => name)).toEqual([
      'create_replacement',
      'shift_traffic',
      'confirm_reclaimed',
    ]);
    await inStatus(rig, row.recommendation_id, 'approved');
  });
});

describe('nodes that run on demand for want of spot', () => {
  const fallback = instance('i-2', {
    tags: { 'optiinfra:deployment': 'vllm-prod-1', 'optiinfra:fallback': 'spot' },
  });
  const ASKED = { kind: 'fallback_nodes', instance_ids: ['i-2'] };

  it('are asked about every ten world minutes, not more often, and not when they are gone', async () => {
    await see(instance('i-1'), fallback);
    expect(await triggered(1)).toEqual([ASKED]);
    await rig.clock.sleepWall(2_500);
    expect(triggers()).toHaveLength(1);
    rig.clock.advanceWall(600_000 / rig.clock.timeScale);
    expect(await triggered(2)).toEqual([ASKED, ASKED]);
    await see(instance('i-1'));
    rig.clock.advanceWall(600_000 / rig.clock.timeScale);
    await rig.clock.sleepWall(2_500);
    expect(triggers()).toHaveLength(2);
  });

  it('are left alone while something is under way there', async () => {
    await see(instance('i-1'), instance('i-2'));
    const id = await holdDeployment();
    await see(instance('i-1'), fallback);
    await rig.clock.sleepWall(2_500);
    expect(triggers()).toEqual([]);
    await report(rig, id, 'completed');
    expect(await triggered(1)).toEqual([ASKED]);
  });
});
