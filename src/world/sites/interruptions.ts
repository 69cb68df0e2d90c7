import type { InterruptionPresetName } from '../../contracts/market.ts';
import type { Reclaim } from '../../contracts/world.ts';
import type { Market } from '../market/market.ts';
import { NOTICE_SECONDS } from '../market/presets.ts';
import type { Machine } from './machine.ts';

const PROVIDER = 'aws';

export interface Interruptions {
  /** Announces what the market takes up to `toMs` and says whose notice has run out. */
  step(machines: readonly Machine[], toMs: number): InterruptionStep;
  /** The cloud takes up to `count` spot nodes back with its notice: those that serve first, oldest first. */
  reclaim(machines: readonly Machine[], count: number, nowMs: number): readonly Reclaim[];
}

interface InterruptionStep {
  readonly announced: boolean;
  /** Instances the cloud takes now. */
  readonly taken: readonly string[];
}

export function createInterruptions(
  market: Pick<Market, 'nextInterruptions'>,
  preset: InterruptionPresetName,
  startMs: number,
): Interruptions {
  let askedUntilMs = startMs;
  return {
    step: (machines, toMs) => {
      const spot = machines.filter(({ lifecycle }) => lifecycle === 'spot');
      const untouched = spot.filter(({ interruptionAtMs }) => interruptionAtMs === null);
      const notices = market.nextInterruptions(untouched.map(spotNode), askedUntilMs, toMs, {
        provider: PROVIDER,
        preset,
      });
      askedUntilMs = toMs;
      for (const { instanceId, reclaimAtMs } of notices) {
        const machine = untouched.find((candidate) => candidate.instanceId === instanceId);
        if (machine !== undefined) machine.interruptionAtMs = reclaimAtMs;
      }
      const taken = spot.filter(({ interruptionAtMs: at }) => at !== null && at <= toMs);
      return { announced: notices.length > 0, taken: taken.map(({ instanceId }) => instanceId) };
    },
    reclaim: (machines, count, nowMs) =>
      machines
        .filter(({ lifecycle, interruptionAtMs }) => lifecycle === 'spot' && interruptionAtMs === null)
        .sort((left, right) => servingFirst(left, right))
        .slice(0, count)
        .map((machine) => {
          const interruptionAtMs = Math.round(nowMs + NOTICE_SECONDS[PROVIDER] * 1_000);
          machine.interruptionAtMs = interruptionAtMs;
          return { instanceId: machine.instanceId, interruptionAtMs };
        }),
  };
}

function servingFirst(left: Machine, right: Machine): number {
  return Number(right.available) - Number(left.available) || left.ordinal - right.ordinal;
}

function spotNode({ instanceId, instance, launchedAtMs, ordinal }: Machine) {
  return { instanceId, zone: instance.zone, sinceMs: launchedAtMs, fate: String(ordinal) };
}
