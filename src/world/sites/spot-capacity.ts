import type { Interruption } from '../market/interruptions.ts';
import type { Faults } from './faults.ts';

/** Which zones have spot machines to give: none while a fault says so, none after the market took one, until it is back. */
export interface SpotCapacity {
  took(interruptions: readonly Interruption[]): void;
  has(zone: string, nowMs: number): boolean;
}

export function createSpotCapacity(faults: Faults): SpotCapacity {
  const backAtMs = new Map<string, number>();
  return {
    took: (interruptions) => {
      for (const { zone, capacityBackAtMs } of interruptions) {
        backAtMs.set(zone, Math.max(capacityBackAtMs, backAtMs.get(zone) ?? 0));
      }
    },
    has: (zone, nowMs) => faults.hasSpotCapacity(zone) && nowMs >= (backAtMs.get(zone) ?? 0),
  };
}
