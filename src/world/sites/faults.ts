import type { Lifecycle } from '../../contracts/api/common.ts';
import type { Fault } from '../../contracts/world.ts';

/** The faults in force at a site and what they add up to. */
export interface Faults {
  readonly active: readonly Fault[];
  add(fault: Fault): void;
  clear(): void;
  /** Factor on every iteration's time. */
  slowFactor(lifecycle: Lifecycle): number;
  qualityDrop(lifecycle: Lifecycle): number;
  /** Factor on spot prices. */
  readonly spotPriceFactor: number;
  readonly trafficStopped: boolean;
}

/** Faults of one kind add up: factors multiply, drops sum. */
export function createFaults(): Faults {
  let active: Fault[] = [];
  return {
    get active() {
      return active;
    },
    add: (fault) => {
      active = [...active, fault];
    },
    clear: () => {
      active = [];
    },
    slowFactor: (lifecycle) =>
      active.reduce(
        (factor, fault) =>
          fault.kind === 'slow-nodes' && fault.lifecycle === lifecycle ? factor * fault.factor : factor,
        1,
      ),
    qualityDrop: (lifecycle) =>
      active.reduce(
        (drop, fault) =>
          fault.kind === 'quality-drop' && fault.lifecycle === lifecycle ? drop + fault.drop : drop,
        0,
      ),
    get spotPriceFactor() {
      return active.reduce(
        (factor, fault) => (fault.kind === 'spot-price-move' ? factor * fault.factor : factor),
        1,
      );
    },
    get trafficStopped() {
      return active.some(({ kind }) => kind === 'stop-traffic');
    },
  };
}
