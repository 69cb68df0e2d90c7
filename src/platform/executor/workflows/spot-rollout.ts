import type { RolloutInput, RolloutOrder, Snapshot, SpotNode } from '../contract.ts';
import {
  canaryStage,
  halfStage,
  originalWeights,
  targetStage,
  type RolloutFleet,
  type Stage,
} from '../policy/weights.ts';
import { SETTLE_MS } from '../policy/windows.ts';
import { change, patient, quick } from './activity-proxies.ts';
import { runRollout, type Rollout } from './rollout.ts';
import { RolloutStopped, type RegisterUndo } from './journal.ts';
import { REQUIREMENTS, validateStage, type StageQuestion } from './validation.ts';

/** Moves a deployment from on-demand to spot nodes in seven steps; whatever stops it before the last is undone. */
export async function spotRollout(input: RolloutInput): Promise<void> {
  await runRollout(input, migrate);
}

async function migrate(rollout: Rollout): Promise<void> {
  const { order, journal } = rollout;
  const nodes = await journal.step('create_spot_instances', (undo) => createNodes(order, undo));
  const fleet: RolloutFleet = {
    newIds: nodes.map(({ instanceId }) => instanceId),
    retiringIds: order.retiringIds,
    keptIds: order.keptIds,
  };
  const before = originalWeights(
    [...order.retiringIds, ...order.keptIds],
    rollout.snapshot.requestsByInstance,
  );
  const canary = canaryStage(fleet);
  const half = halfStage(fleet);
  const target = targetStage(fleet);

  const canarySince = await journal.step('deploy_canary', (undo) =>
    shift(order, canary.weights, before, undo),
  );
  await journal.step('validate_canary', () => validate(rollout, 'canary', canary, canarySince));
  const halfSince = await journal.step('scale_to_50_percent', (undo) =>
    shift(order, half.weights, canary.weights, undo),
  );
  await journal.step('validate_50_percent', () => validate(rollout, 'half', half, halfSince));
  await journal.step('full_migration', (undo) => migrateFully(rollout, nodes, target, half, undo));
  await journal.step('terminate_ondemand', () => terminateOnDemand(rollout, nodes));
}

async function createNodes(order: RolloutOrder, undo: RegisterUndo) {
  undo('terminate the spot nodes', () => change.terminateSpotNodes({ order }));
  const launched = await change.launchSpotNodes({ order });
  const instanceIds = launched.nodes.map(({ instanceId }) => instanceId);
  const ready = await patient.awaitNodesReady.executeWithOptions(
    { summary: 'wait until the spot nodes serve' },
    [{ order, instanceIds }],
  );
  return { value: launched.nodes, evidence: { ...launched.evidence, ...ready.evidence } };
}

type Weights = Readonly<Record<string, number>>;

/** Resolves to the world time from which the new weights may be judged. */
async function shift(order: RolloutOrder, to: Weights, back: Weights, undo: RegisterUndo) {
  undo('move the traffic back', () => setWeights(order, back, 'move traffic back'));
  const moved = await setWeights(order, to, 'move traffic');
  return { value: moved.appliedAtWorldMs + SETTLE_MS, evidence: moved.evidence };
}

function setWeights(order: RolloutOrder, weights: Weights, summary: string) {
  return patient.shiftTraffic.executeWithOptions({ summary }, [{ order, weights }]);
}

async function validate(rollout: Rollout, name: 'canary' | 'half', stage: Stage, fromMs: number) {
  const judgement = await validateStage(
    rollout.order,
    {
      ...questionOf(rollout, stage, fromMs),
      name: name === 'canary' ? '10 % stage' : '50 % stage',
      requirement: REQUIREMENTS[name],
    },
    rollout.ask,
  );
  rollout.judged(judgement.canary);
  return { value: undefined, evidence: { ...judgement } };
}

/** Prices and promise are looked at again before traffic moves; then the target fleet carries all of it and soaks. */
async function migrateFully(
  rollout: Rollout,
  nodes: readonly SpotNode[],
  target: Stage,
  half: Stage,
  undo: RegisterUndo,
) {
  const { order, snapshot } = rollout;
  const promise = await quick.recheckPromise({ order, nodes });
  if (!promise.holds) throw new RolloutStopped(promise.reason, { promise: promise.evidence });
  const moved = await shift(order, target.weights, half.weights, undo);
  const control = target.controlIds.length > 0 ? {} : { control: baselineOf(snapshot) };
  const judgement = await validateStage(
    order,
    {
      ...questionOf(rollout, target, moved.value),
      ...control,
      name: '100 % stage',
      requirement: REQUIREMENTS.soak,
    },
    rollout.ask,
  );
  rollout.judged(judgement.canary);
  return { value: undefined, evidence: { ...moved.evidence, ...judgement, promise: promise.evidence } };
}

/** Nothing of the old fleet serves any more: the window before the rollout stands in for it. */
function baselineOf(snapshot: Snapshot): StageQuestion['control'] {
  return {
    instanceIds: snapshot.instances.map(({ instanceId }) => instanceId),
    fromMs: snapshot.windowFromMs,
    toMs: snapshot.windowToMs,
  };
}

function questionOf(
  { snapshot, prior }: Rollout,
  stage: Stage,
  fromMs: number,
): Omit<StageQuestion, 'name' | 'requirement'> {
  const arms = stage.controlIds.length > 0 ? [stage.canaryIds, stage.controlIds] : [stage.canaryIds];
  const shares = arms.map((ids) => ids.reduce((sum, id) => sum + (stage.weights[id] ?? 0), 0) / 100);
  return {
    canary: { instanceIds: stage.canaryIds, fromMs, toMs: null },
    control: { instanceIds: stage.controlIds, fromMs, toMs: null },
    prior: prior(),
    requestsPerSecond: snapshot.requestsPerSecond,
    armShare: Math.min(...shares),
  };
}

async function terminateOnDemand({ order, person }: Rollout, nodes: readonly SpotNode[]) {
  person.mayTurnBack = false;
  const { evidence } = await patient.terminateOnDemand({ order, nodes });
  return { value: undefined, evidence };
}
