/** Relative traffic weights by instance id. */
export type Weights = Readonly<Record<string, number>>;

/** Who takes part in a move. `kept` are the deployment's nodes that stay. */
export interface RolloutFleet {
  readonly newIds: readonly string[];
  readonly retiringIds: readonly string[];
  readonly keptIds: readonly string[];
}
/** A stage: the traffic weights and the two arms that are compared in it. */
export interface Stage {
  readonly weights: Weights;
  readonly canaryIds: readonly string[];
  readonly controlIds: readonly string[];
}

/**
 * 10 %: one new node and one retiring node, the control, carry 10 each; the other old nodes share the rest.
 * Both arms then have the same load a node, without which their latencies could not be compared.
 */
export function canaryStage(fleet: RolloutFleet): Stage {
  const [canary] = fleet.newIds;
  const old = [...fleet.retiringIds, ...fleet.keptIds];
  const [control, ...others] = old;
  if (canary === undefined || control === undefined)
    throw new RangeError('a canary needs a new and an old node');
  const weights =
    others.length === 0
      ? { [canary]: 10, [control]: 90 }
      : { [canary]: 10, [control]: 10, ...share(others, 80) };
  return { weights: withDrained(weights, fleet), canaryIds: [canary], controlIds: [control] };
}

/**
 * 50 %, or what the new nodes will carry in the end where that is less: one of four would break under a half. As many old
 * nodes, retiring ones first, carry as much a node; what is left is shared by the rest.
 */
export function halfStage(fleet: RolloutFleet): Stage {
  const old = [...fleet.retiringIds, ...fleet.keptIds];
  const size = Math.min(fleet.newIds.length, old.length);
  if (size === 0) throw new RangeError('a half needs a new and an old node');
  const canaryIds = fleet.newIds.slice(0, size);
  const controlIds = old.slice(0, size);
  const others = old.slice(size);
  const targetShare = fleet.newIds.length / (fleet.newIds.length + fleet.keptIds.length);
  const armPercent = Math.min(50, targetShare * 100);
  const weights = {
    ...share(canaryIds, armPercent),
    ...share(controlIds, armPercent),
    ...share(others, 100 - 2 * armPercent),
  };
  return { weights: withDrained(weights, fleet), canaryIds, controlIds };
}

/** 100 %: the target fleet shares evenly, retiring nodes are drained. The kept nodes are the control of the same time. */
export function targetStage(fleet: RolloutFleet): Stage {
  if (fleet.newIds.length === 0) throw new RangeError('a target fleet needs a new node');
  const weights = share([...fleet.newIds, ...fleet.keptIds], 100);
  return { weights: withDrained(weights, fleet), canaryIds: fleet.newIds, controlIds: fleet.keptIds };
}

export function share(ids: readonly string[], total: number): Record<string, number> {
  return Object.fromEntries(ids.map((id) => [id, total / ids.length]));
}

/** A node that gets nothing is named with weight 0, so that the record says it was drained, not forgotten. */
function withDrained(weights: Record<string, number>, fleet: RolloutFleet): Record<string, number> {
  const drained = [...fleet.newIds, ...fleet.retiringIds, ...fleet.keptIds].map((id) => [id, 0] as const);
  return { ...Object.fromEntries(drained), ...weights };
}

/** The weights before the rollout: those measured, or an even split where no request was seen. */
export function originalWeights(
  instanceIds: readonly string[],
  requestsByInstance: Readonly<Record<string, number>>,
): Record<string, number> {
  const measured = instanceIds.map((id) => requestsByInstance[id] ?? 0);
  const total = measured.reduce((sum, requests) => sum + requests, 0);
  if (total === 0) return share(instanceIds, 100);
  return Object.fromEntries(instanceIds.map((id, index) => [id, ((measured[index] ?? 0) / total) * 100]));
}

/** The same weights with one node drained. */
export function without(weights: Weights, instanceId: string): Weights {
  return { ...weights, [instanceId]: 0 };
}

export function totalOf(weights: Weights): number {
  return Object.values(weights).reduce((sum, weight) => sum + weight, 0);
}
