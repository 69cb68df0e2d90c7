import type { RunSubject } from '../src/contracts/activities.ts';
import type { ExecutionStep, Optimization } from '../src/contracts/api/recommendations.ts';
import { judgementIn } from './configuration-inspection.ts';
import type { ActivityDependencies } from './context.ts';
import type { EvidenceLog } from './evidence.ts';
import { atScaleOne } from './scale-one.ts';

/** World time without a request after which a node counts as out of traffic: thirty times the mean at a tenth of Acme's. */
const QUIET_MS = 7_000;
/** World time before the judged window in which the first request is looked for. */
const LOOK_BACK_MS = 600_000;
const SOURCE = 'ClickHouse inference_requests';

/** How long users met what was judged bad. World epoch milliseconds. */
export interface Exposure {
  readonly firstMs: number;
  readonly lastMs: number;
  readonly requests: number;
}

/**
 * How fast a bad canary was found, as `rollback.detection.*`: from its first request to its last one before the traffic
 * was back, by the requests themselves, with the samples the verdict rests on. Nothing where no stage was judged red.
 */
export async function recordDetection(
  { telemetry, harness }: ActivityDependencies,
  log: EvidenceLog,
  { subject, optimization }: { readonly subject: RunSubject; readonly optimization: Optimization },
): Promise<string[]> {
  const step = redStage(optimization);
  const judgement = judgementIn(step?.evidence);
  if (step === null || judgement === null) return [];
  const [startMs, endMs] = [Date.parse(judgement.window_started_at), Date.parse(judgement.window_ended_at)];
  const arrivals = await telemetry.rows<{ node: string; at: string }>(
    `SELECT instance_id AS node, toUnixTimestamp64Milli(arrived_at) AS at FROM inference_requests
     WHERE customer_id = {customerId:String} AND instance_id IN {ids:Array(String)}
       AND arrived_at >= fromUnixTimestamp64Milli({fromMs:Int64}) ORDER BY arrived_at`,
    {
      customerId: subject.customerId,
      ids: judgement.canary.instance_ids,
      fromMs: Math.trunc(startMs) - LOOK_BACK_MS,
    },
  );
  const byNode = Map.groupBy(arrivals, ({ node }) => node);
  const exposure = exposureAround(
    [...byNode.values()].map((each) => each.map(({ at }) => Number(at))),
    { startMs, endMs },
  );
  const judgedMs = step.world_finished_at === null ? null : Date.parse(step.world_finished_at);
  const seconds = (fromMs: number | undefined, toMs: number | null | undefined): number | null =>
    fromMs === undefined || toMs === undefined || toMs === null ? null : (toMs - fromMs) / 1_000;
  const away = seconds(exposure?.firstMs, exposure?.lastMs);
  const { timeScale } = harness.clock;
  const record = (name: string, value: number | string | null, unit: string, source = SOURCE): void =>
    log.record(`rollback.detection.${name}`, value, { unit, source });
  record('step', step.name, 'text', 'GET /optimizations/{id}');
  record('samples', judgement.canary.requests, 'count', 'GET /optimizations/{id}');
  record('control-samples', judgement.control.requests, 'count', 'GET /optimizations/{id}');
  record('judged-world-seconds', seconds(exposure?.firstMs, judgedMs), 's of world time');
  record('world-seconds', away, 's of world time');
  record('wall-seconds', away === null ? null : away / timeScale, 's');
  record(
    'scale-one-seconds',
    exposure === null ? null : secondsAtScaleOne(exposure, judgement.canary.requests, timeScale),
    's, were world time wall time',
  );
  record('requests', exposure?.requests ?? null, 'count');
  if (away === null) return [`${step.name} was red, but telemetry has no request of its canary`];
  return [
    `Bad canary: ${away.toFixed(0)} s of world time (${(away / timeScale).toFixed(1)} s) from its first request to ` +
      `traffic back, judged by ${String(judgement.canary.requests)} requests`,
  ];
}

function redStage({ execution_steps: steps }: Optimization): ExecutionStep | null {
  return steps.find(({ status, evidence }) => status === 'failed' && judgementIn(evidence) !== null) ?? null;
}

/**
 * The same at time scale 1: bound to the world is the gathering of the samples. They are those of the verdict, late ones
 * included, so the figure is rather too long than too short.
 */
export function secondsAtScaleOne(
  { firstMs, lastMs, requests }: Exposure,
  samples: number,
  timeScale: number,
): number {
  const worldSeconds = (lastMs - firstMs) / 1_000;
  const boundSeconds = worldSeconds * Math.min(1, samples / requests);
  return atScaleOne({ worldSeconds, boundSeconds }, timeScale);
}

/**
 * The unbroken runs of requests around the judged window, one a node. A node that keeps its machine served before as well,
 * as it was, and serves again afterwards: its restarts are the silences that bound its run.
 */
export function exposureAround(
  arrivalsMsByNode: readonly (readonly number[])[],
  window: { readonly startMs: number; readonly endMs: number },
): Exposure | null {
  const judged = arrivalsMsByNode
    .flatMap(runsOf)
    .filter(([firstMs, lastMs]) => firstMs <= window.endMs && lastMs >= window.startMs);
  if (judged.length === 0) return null;
  return {
    firstMs: Math.min(...judged.map(([firstMs]) => firstMs)),
    lastMs: Math.max(...judged.map(([, lastMs]) => lastMs)),
    requests: judged.reduce((sum, [, , requests]) => sum + requests, 0),
  };
}

type ServingRun = [firstMs: number, lastMs: number, requests: number];

function runsOf(arrivalsMs: readonly number[]): readonly ServingRun[] {
  const runs: ServingRun[] = [];
  for (const atMs of arrivalsMs) {
    const run = runs.at(-1);
    if (run === undefined || atMs - run[1] > QUIET_MS) runs.push([atMs, atMs, 1]);
    else {
      run[1] = atMs;
      run[2] += 1;
    }
  }
  return runs;
}
