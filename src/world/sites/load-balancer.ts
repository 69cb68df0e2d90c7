import type { Lifecycle } from '../../contracts/api/common.ts';

/** What the balancer must know of a node. */
export interface Backend {
  readonly instanceId: string;
  readonly lifecycle: Lifecycle;
  /** Takes new requests now. */
  readonly available: boolean;
}

/** The customer's load balancer: round robin by weight over the nodes that take requests. */
export interface LoadBalancer<B extends Backend> {
  /** Tells which backends there are and what they can do; call after every change of one. */
  setBackends(backends: readonly B[]): void;
  /** From now on exactly these; before the first call every available on-demand node has the same weight. */
  assign(weights: ReadonlyMap<string, number>): void;
  /** Out of rotation whatever its weight, unless nothing else is left that could answer. */
  exclude(instanceId: string): void;
  weightOf(instanceId: string): number;
  /** The next node's turn, or undefined when none can take a request. */
  pick(): B | undefined;
}

interface Turn<B> {
  readonly backend: B;
  readonly weight: number;
  credit: number;
}

export function createLoadBalancer<B extends Backend>(): LoadBalancer<B> {
  let backends: readonly B[] = [];
  let assigned: ReadonlyMap<string, number> | undefined;
  const excluded = new Set<string>();
  let turns: readonly Turn<B>[] = [];

  const wished = (backend: B): number =>
    assigned === undefined
      ? Number(backend.lifecycle === 'on_demand')
      : (assigned.get(backend.instanceId) ?? 0);
  const rebuild = (): void => {
    const able = backends.filter((backend) => backend.available && wished(backend) > 0);
    const staying = able.filter(({ instanceId }) => !excluded.has(instanceId));
    turns = (staying.length > 0 ? staying : able).map((backend) => ({
      backend,
      weight: wished(backend),
      credit: 0,
    }));
  };

  return {
    setBackends: (next) => {
      backends = next;
      rebuild();
    },
    assign: (weights) => {
      assigned = weights;
      rebuild();
    },
    exclude: (instanceId) => {
      excluded.add(instanceId);
      rebuild();
    },
    weightOf: (instanceId) =>
      turns.find(({ backend }) => backend.instanceId === instanceId)?.weight ??
      waitingWeight(backends, instanceId, excluded, wished),
    pick: () => pickSmooth(turns),
  };
}

/** A node that is not available yet keeps the weight it will have; one out of rotation has none. */
function waitingWeight<B extends Backend>(
  backends: readonly B[],
  instanceId: string,
  excluded: ReadonlySet<string>,
  wished: (backend: B) => number,
): number {
  const backend = backends.find((candidate) => candidate.instanceId === instanceId);
  return backend === undefined || excluded.has(instanceId) || backend.available ? 0 : wished(backend);
}

/** Smooth weighted round robin (as in nginx): over a sum of weights each gets exactly its share, evenly interleaved. */
function pickSmooth<B>(turns: readonly Turn<B>[]): B | undefined {
  let total = 0;
  let chosen: Turn<B> | undefined;
  for (const turn of turns) {
    turn.credit += turn.weight;
    total += turn.weight;
    if (chosen === undefined || turn.credit > chosen.credit) chosen = turn;
  }
  if (chosen !== undefined) chosen.credit -= total;
  return chosen?.backend;
}
