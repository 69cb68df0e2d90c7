import type { Estate } from './estate.ts';
import type { Guarded } from './faults.ts';
import type { Machine } from './machine.ts';

/** The customer's guard against termination, kept on as many on-demand nodes as a fault says. */
export interface Protection {
  /** Brings the guard in line: the newest on-demand nodes and the named ones have it, nobody else. */
  settle(machines: readonly Machine[], guarded: Guarded): Promise<void>;
}

export function createProtection(estate: Pick<Estate, 'protect'>): Protection {
  let guarded: ReadonlySet<string> = new Set();
  return {
    settle: async (machines, { newest: nodes, named }) => {
      const onDemand = machines.filter(({ lifecycle }) => lifecycle === 'on_demand');
      // Without a number there is nobody to guard; `slice(-0)` would be everybody.
      const newest = nodes === 0 ? [] : onDemand.toSorted(oldestFirst).slice(-nodes);
      const chosen = onDemand.filter(({ instanceId }) => named.has(instanceId));
      const wanted = new Set([...newest, ...chosen].map(({ instanceId }) => instanceId));
      const present = new Set(machines.map(({ instanceId }) => instanceId));
      await estate.protect(
        [...guarded].filter((instanceId) => !wanted.has(instanceId) && present.has(instanceId)),
        false,
      );
      await estate.protect(
        [...wanted].filter((instanceId) => !guarded.has(instanceId)),
        true,
      );
      guarded = wanted;
    },
  };
}

function oldestFirst(left: Machine, right: Machine): number {
  return left.launchedAtMs - right.launchedAtMs || left.ordinal - right.ordinal;
}
