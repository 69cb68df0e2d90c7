import { CLOUD_PROVIDERS } from '../../contracts/api/common.ts';
import type { InterruptionPresetName } from '../../contracts/market.ts';
import type { Reclaim } from '../../contracts/world.ts';
import type { Interruption } from '../market/interruptions.ts';
import type { Market } from '../market/market.ts';
import { NOTICE_SECONDS } from '../market/presets.ts';
import type { Machine } from './machine.ts';

export interface Interruptions {
  /** Announces what the market takes up to `toMs` and says whose notice has run out. */
  step(machines: readonly Machine[], toMs: number): InterruptionStep;
  /** The cloud takes these spot nodes back with its notice. */
  reclaim(machines: readonly Machine[], nowMs: number): readonly Reclaim[];
}

interface InterruptionStep {
  readonly announced: readonly Interruption[];
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
      const notices = CLOUD_PROVIDERS.flatMap((provider) => {
        const nodes = untouched.filter(({ instance }) => instance.provider === provider).map(spotNode);
        return market.nextInterruptions(nodes, askedUntilMs, toMs, { provider, preset });
      });
      askedUntilMs = toMs;
      for (const { instanceId, reclaimAtMs } of notices) {
        const machine = untouched.find((candidate) => candidate.instanceId === instanceId);
        if (machine !== undefined) machine.interruptionAtMs = reclaimAtMs;
      }
      const taken = spot.filter(({ interruptionAtMs: at }) => at !== null && at <= toMs);
      return { announced: notices, taken: taken.map(({ instanceId }) => instanceId) };
    },
    reclaim: (machines, nowMs) =>
      machines.map((machine) => {
        const noticeMs = NOTICE_SECONDS[machine.instance.provider] * 1_000;
        const interruptionAtMs = Math.round(nowMs + noticeMs);
        machine.interruptionAtMs = interruptionAtMs;
        return { instanceId: machine.instanceId, interruptionAtMs };
      }),
  };
}

/** Spot nodes that nobody has announced to take yet, those that serve first, oldest first. */
export function reclaimable(machines: readonly Machine[]): readonly Machine[] {
  return machines
    .filter(({ lifecycle, interruptionAtMs }) => lifecycle === 'spot' && interruptionAtMs === null)
    .sort(servingFirst);
}

function servingFirst(left: Machine, right: Machine): number {
  return Number(right.available) - Number(left.available) || left.ordinal - right.ordinal;
}

function spotNode({ instanceId, instance, launchedAtMs, fate }: Machine) {
  return { instanceId, zone: instance.zone, sinceMs: launchedAtMs, fate };
}
