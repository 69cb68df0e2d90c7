import type { RunSubject } from '../src/contracts/activities.ts';
import type { AuditEntry } from '../src/contracts/api/customers.ts';
import type { WorldAnchor } from '../src/support/clock.ts';
import { waitForCondition } from '../src/client/index.ts';
import type { ActivityDependencies } from './context.ts';
import type { EvidenceLog } from './evidence.ts';
import { isTimeout } from './measurements.ts';
import { atScaleOne } from './scale-one.ts';

/** A node that serves is never silent for so long: it answers several requests a second. */
const QUIET_MS = 7_000;
/** Nodes that serve after the rollback are those that answer in this stretch of world time. */
const AFTERWARDS_MS = 60_000;
const TELEMETRY_DEADLINE_MS = 15_000;

export interface RollbackWindow {
  readonly beganMs: number;
  readonly endedMs: number;
}

type AuditTold = Pick<AuditEntry, 'action' | 'subject' | 'data' | 'at'>;

/**
 * How long the way back took, from the audit's entry of its beginning to that of its end: `rollback.world-seconds`, and
 * `rollback.scale-one-seconds`, what it would be were world time wall time. Nothing where nothing was rolled back.
 */
export async function recordRollbackDuration(
  { harness, telemetry }: ActivityDependencies,
  log: EvidenceLog,
  about: {
    readonly subject: RunSubject;
    readonly optimizationId: string;
    readonly entries: readonly AuditTold[];
  },
): Promise<void> {
  const { anchor } = harness.environment;
  const window = rollbackWindow(about.entries, about.optimizationId, anchor);
  log.record('rollback.world-seconds', window === null ? null : (window.endedMs - window.beganMs) / 1000, {
    unit: 's of world time',
    source: 'GET /customers/{id}/audit',
  });
  if (window === null) return;
  const arrivals = await arrivalsUntilAfterwards({ telemetry, harness }, about.subject.customerId, window);
  log.record(
    'rollback.scale-one-seconds',
    arrivals === null ? null : secondsAtScaleOne(arrivals, window, anchor.timeScale),
    {
      unit: 's, were world time wall time',
      source: 'GET /customers/{id}/audit, ClickHouse inference_requests',
      sampleSize: arrivals?.flat().length ?? 0,
    },
  );
}

/** From the entry that the rollback begins to that of its end, in world time; null when there was none. */
export function rollbackWindow(
  entries: readonly AuditTold[],
  optimizationId: string,
  anchor: WorldAnchor,
): RollbackWindow | null {
  const worldMsOf = (status: string): number | null => {
    const found = entries.find(
      ({ action, subject, data }) =>
        action === 'optimization.status' && subject === optimizationId && data['status'] === status,
    );
    return found === undefined
      ? null
      : anchor.worldMs + (Date.parse(found.at) - anchor.wallMs) * anchor.timeScale;
  };
  const [beganMs, endedMs] = [worldMsOf('rolling_back'), worldMsOf('rolled_back')];
  return beganMs === null || endedMs === null ? null : { beganMs, endedMs };
}

/**
 * Bound to the world is the waiting for a node that boots or restarts: one that is silent and serves afterwards. A node
 * that is only drained is silent too, so the figure is rather too long than too short.
 */
export function secondsAtScaleOne(
  arrivalsMsByNode: readonly (readonly number[])[],
  { beganMs, endedMs }: RollbackWindow,
  timeScale: number,
): number {
  const silences = arrivalsMsByNode
    .filter((arrivals) => arrivals.some((atMs) => atMs >= endedMs))
    .flatMap((arrivals) => silencesOf(arrivals, beganMs, endedMs));
  const boundSeconds = lengthOfUnion(silences) / 1000;
  return atScaleOne({ worldSeconds: (endedMs - beganMs) / 1000, boundSeconds }, timeScale);
}

type Stretch = readonly [fromMs: number, toMs: number];

function silencesOf(arrivalsMs: readonly number[], beganMs: number, endedMs: number): Stretch[] {
  const inside = arrivalsMs.filter((atMs) => atMs > beganMs && atMs < endedMs);
  const marks = [beganMs, ...inside, endedMs];
  return marks.slice(1).flatMap((toMs, index): Stretch[] => {
    const fromMs = marks[index] ?? toMs;
    return toMs - fromMs > QUIET_MS ? [[fromMs, toMs]] : [];
  });
}

function lengthOfUnion(stretches: readonly Stretch[]): number {
  let coveredToMs = Number.NEGATIVE_INFINITY;
  let lengthMs = 0;
  for (const [fromMs, toMs] of stretches.toSorted(([left], [right]) => left - right)) {
    lengthMs += Math.max(0, toMs - Math.max(fromMs, coveredToMs));
    coveredToMs = Math.max(coveredToMs, toMs);
  }
  return lengthMs;
}

/** Arrivals by node, in order, until a while after the rollback; null when telemetry did not get so far in time. */
async function arrivalsUntilAfterwards(
  { telemetry, harness }: Pick<ActivityDependencies, 'telemetry' | 'harness'>,
  customerId: string,
  { beganMs, endedMs }: RollbackWindow,
): Promise<readonly (readonly number[])[] | null> {
  const read = (): Promise<readonly { node: string; at: string }[]> =>
    telemetry.rows(
      `SELECT instance_id AS node, toUnixTimestamp64Milli(arrived_at) AS at FROM inference_requests
       WHERE customer_id = {customerId:String} AND arrived_at >= fromUnixTimestamp64Milli({fromMs:Int64})
         AND arrived_at < fromUnixTimestamp64Milli({toMs:Int64}) ORDER BY arrived_at`,
      { customerId, fromMs: Math.trunc(beganMs), toMs: Math.ceil(endedMs + AFTERWARDS_MS) },
    );
  try {
    return await waitForCondition(
      async () => {
        const rows = await read();
        const newestMs = Number(rows.at(-1)?.at ?? 0);
        if (newestMs < endedMs + AFTERWARDS_MS - QUIET_MS) return { done: false, observed: { newestMs } };
        const byNode = Map.groupBy(rows, ({ node }) => node);
        return { done: true, value: [...byNode.values()].map((each) => each.map(({ at }) => Number(at))) };
      },
      {
        condition: 'telemetry of the minute after the rollback',
        deadlineMs: TELEMETRY_DEADLINE_MS,
        intervalMs: 500,
        clock: harness.clock,
      },
    );
  } catch (error) {
    if (isTimeout(error)) return null;
    throw error;
  }
}
