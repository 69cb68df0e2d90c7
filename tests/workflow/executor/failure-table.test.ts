import { expect, test } from 'vitest';

import type { OptimizationResult, ScaleInPlan } from '../../../src/contracts/api/recommendations.ts';
import type { RolloutActivities, RolloutOrder } from '../../../src/platform/executor/contract.ts';
import { configuration, madeFor, migration, order, tuning } from './fake-rollout.ts';
import { refuse, rollOut } from './rollouts.ts';

/** A customer's side in small: which nodes live, what they get and what they run. */
class Side {
  readonly alive = new Set(['a', 'b', 'c', 'd']);
  readonly quantizations = new Map<string, string>(['a', 'b', 'c', 'd'].map((id) => [id, 'bf16']));
  weights: Readonly<Record<string, number>> = { a: 25, b: 25, c: 25, d: 25 };
  readonly results: OptimizationResult[] = [];

  /** No share may ever go to a node that is not there. */
  private assign(weights: Side['weights']): void {
    for (const [id, weight] of Object.entries(weights)) {
      if (weight > 0 && !this.alive.has(id)) throw new Error(`${id} gets ${String(weight)} and is not there`);
    }
    this.weights = weights;
  }

  activities(plan: RolloutOrder['plan']): Partial<RolloutActivities> {
    return {
      loadOrder: async () => ({ ...order, plan }),
      launchNodes: async ({ group, slots }) => {
        const nodes = slots.map((slot) => madeFor(group, slot));
        for (const { instanceId } of nodes) {
          this.alive.add(instanceId);
          this.quantizations.set(instanceId, configuration.quantization);
        }
        return { nodes, evidence: {} };
      },
      shiftTraffic: async ({ weights, configurations }) => {
        this.assign(weights);
        for (const [id, { quantization }] of Object.entries(configurations)) {
          this.quantizations.set(id, quantization);
        }
        return { appliedAtWorldMs: 2_000_000, evidence: {} };
      },
      terminateNode: async ({ instanceId }) => {
        this.alive.delete(instanceId);
        return { state: 'terminated' };
      },
      terminateMade: async ({ group }) => {
        const prefix = group.name === 'new' ? 's' : '-';
        for (const id of this.alive) if (id.startsWith(prefix)) this.alive.delete(id);
        return { terminatedIds: [] };
      },
      findGone: async ({ instanceIds }) => instanceIds.filter((id) => !this.alive.has(id)),
      reportStatus: async ({ result }) => {
        if (result !== null) this.results.push(result);
      },
    };
  }
}

type Acting = 'launchNodes' | 'shiftTraffic' | 'terminateNode';
/** The n-th call of an activity fails, before it has acted or just after. */
function failing(
  usual: Partial<RolloutActivities>,
  { activity, call, when }: { activity: Acting; call: number; when: 'before' | 'after' },
): Partial<RolloutActivities> {
  let calls = 0;
  const act = usual[activity] as (input: never) => Promise<unknown>;
  const faulty = async (input: never): Promise<unknown> => {
    calls += 1;
    if (calls !== call) return act(input);
    if (when === 'after') await act(input);
    return refuse(`${activity} broke ${when} acting`, 'CLOUD_REFUSED');
  };
  return { ...usual, [activity]: faulty };
}

const scaleIn: ScaleInPlan = {
  kind: 'scale_in',
  reason: 'over_provisioned',
  deployment: 'vllm-prod-1',
  provider: 'aws',
  region: 'us-east-1',
  instance_type: 'p4d.24xlarge',
  retire_instance_ids: ['c', 'd'],
  keep_instance_ids: ['a', 'b'],
};
/** How often each plan acts on its way to the end. */
const ACTIONS = [
  { plan: migration, activity: 'launchNodes', calls: 1 },
  { plan: migration, activity: 'shiftTraffic', calls: 3 },
  { plan: migration, activity: 'terminateNode', calls: 3 },
  { plan: tuning, activity: 'shiftTraffic', calls: 11 },
  { plan: scaleIn, activity: 'shiftTraffic', calls: 1 },
  { plan: scaleIn, activity: 'terminateNode', calls: 2 },
] as const;
const table = ACTIONS.flatMap(({ plan, activity, calls }) =>
  Array.from({ length: calls }, (_none, index) => index + 1).flatMap((call) =>
    (['before', 'after'] as const).map((when) => ({ plan, kind: plan.kind, activity, call, when })),
  ),
);

test.concurrent.each(table)(
  '$kind: $activity $call fails $when it acts, and the way back is whole',
  async ({ plan, activity, call, when }) => {
    const side = new Side();
    await rollOut(failing(side.activities(plan), { activity, call, when }));
    const result = side.results.at(-1);
    expect(result).toMatchObject({ success: false });
    expect(result?.reason).toContain(`broke ${when} acting`);

    // Old nodes live, or something stands in for them where the plan needs it; nothing else is left behind.
    const gone = ['a', 'b', 'c', 'd'].filter((id) => !side.alive.has(id));
    const expected = new Set(
      plan.kind === 'scale_in'
        ? ['a', 'b', 'c', 'd'].filter((id) => !gone.includes(id))
        : ['a', 'b', 'c', 'd'].map((id) => (gone.includes(id) ? id.toUpperCase() : id)),
    );
    expect(side.alive).toEqual(expected);
    const served = Object.entries(side.weights).filter(([, weight]) => weight > 0);
    expect(new Set(served.map(([id]) => id))).toEqual(expected);
    expect(new Set(served.map(([, weight]) => weight)).size).toBe(1);
    expect([...expected].every((id) => side.quantizations.get(id) === 'bf16')).toBe(true);
    // What is gone for good is named, and nobody calls that restored.
    expect(result?.original_state_restored).toBe(gone.length === 0);
    const named = result?.differences.filter((line) => line.startsWith('irreversible')) ?? [];
    expect(named).toHaveLength(gone.length);
  },
);

test.concurrent.each(ACTIONS)(
  '$plan.kind calls $activity $calls times',
  async ({ plan, activity, calls }) => {
    const side = new Side();
    const usual = side.activities(plan);
    let seen = 0;
    const act = usual[activity] as (input: never) => Promise<unknown>;
    await rollOut({
      ...usual,
      [activity]: (input: never) => {
        seen += 1;
        return act(input);
      },
    });
    expect(side.results.at(-1)?.success).toBe(true);
    expect(seen).toBe(calls);
  },
);
