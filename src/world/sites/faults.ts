import type { Lifecycle } from '../../contracts/api/common.ts';
import type { EngineConfiguration } from '../../contracts/api/customers.ts';
import type { Fault } from '../../contracts/world.ts';

/** What a fault can strike: a node by how it was bought and by what its engine runs. */
export interface Target {
  readonly lifecycle: Lifecycle;
  readonly configuration: EngineConfiguration;
}

/** The faults in force at a site and what they add up to. */
export interface Faults {
  readonly active: readonly Fault[];
  add(fault: Fault): void;
  clear(): void;
  /** Factor on every iteration's time. */
  slowFactor(target: Target): number;
  qualityDrop(target: Target): number;
  /** Factor on spot prices. */
  readonly spotPriceFactor: number;
  /** False while the cloud has no spot machine to give in this zone. */
  hasSpotCapacity(zone: string): boolean;
  /** On-demand nodes that the customer guards against termination: how many of the newest, and which by name. */
  readonly guarded: Guarded;
  readonly trafficStopped: boolean;
}

/** Nodes that nobody may terminate by API. */
export interface Guarded {
  readonly newest: number;
  readonly named: ReadonlySet<string>;
}
export const NOBODY_GUARDED: Guarded = { newest: 0, named: new Set() };

/** Faults of one kind add up: factors multiply, drops sum, the largest number of guarded nodes holds. */
export function createFaults(): Faults {
  let active: Fault[] = [];
  const product = (factorOf: (fault: Fault) => number): number =>
    active.reduce((factor, fault) => factor * factorOf(fault), 1);
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
    slowFactor: (target) => product((fault) => slowFactorOf(fault, target)),
    qualityDrop: (target) => active.reduce((drop, fault) => drop + qualityDropOf(fault, target), 0),
    get spotPriceFactor() {
      return product((fault) => (fault.kind === 'spot-price-move' ? fault.factor : 1));
    },
    hasSpotCapacity: (zone) =>
      !active.some(
        (fault) =>
          fault.kind === 'no-spot-capacity' && (fault.zones.length === 0 || fault.zones.includes(zone)),
      ),
    get guarded() {
      const guards = active.filter((fault) => fault.kind === 'termination-protection');
      const counted = guards.filter(({ instanceIds }) => instanceIds === undefined);
      return {
        newest: Math.max(0, ...counted.map(({ nodes }) => nodes)),
        named: new Set(guards.flatMap(({ instanceIds = [] }) => instanceIds)),
      };
    },
    get trafficStopped() {
      return active.some(({ kind }) => kind === 'stop-traffic');
    },
  };
}

function slowFactorOf(fault: Fault, { lifecycle, configuration }: Target): number {
  if (fault.kind === 'slow-nodes' && fault.lifecycle === lifecycle) return fault.factor;
  if (fault.kind === 'slow-quantization' && fault.quantization === configuration.quantization) {
    return fault.factor;
  }
  return 1;
}

function qualityDropOf(fault: Fault, { lifecycle, configuration }: Target): number {
  const strikes =
    (fault.kind === 'quality-drop' && fault.lifecycle === lifecycle) ||
    (fault.kind === 'bad-revision' && fault.revision === configuration.revision) ||
    (fault.kind === 'bad-template' && fault.chatTemplate === configuration.chat_template);
  return strikes ? fault.drop : 0;
}
