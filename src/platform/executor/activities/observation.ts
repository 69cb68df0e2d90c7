import { trialsToProve } from '../judgement/bounds.ts';
import { judge } from '../judgement/judgement.ts';
import type { TelemetryAnswer } from '../judgement/telemetry.ts';
import type {
  PriorTraffic,
  RolloutActivities,
  RolloutOrder,
  StageObservation,
  StageWindow,
} from '../contract.ts';
import type { RolloutDependencies } from './dependencies.ts';
import { createHorizon } from './horizon.ts';
import { observeIdle } from './idleness.ts';
import { lostOf } from './nodes.ts';

const LOOK_MS = { least: 150, most: 1_000 };
/** Clouds limit how often they may be asked. */
const WATCH_EVERY_MS = 1_000;

/** Keeps a stage's window open until it holds enough samples, or its time is over, and judges it. */
export function createObservationActivities(
  dependencies: RolloutDependencies,
): Pick<RolloutActivities, 'observeStage' | 'observeIdle'> {
  return {
    observeStage: ({ order, window }) => observe(dependencies, order, window),
    observeIdle: (input) => observeIdle(dependencies, input),
  };
}

async function observe(
  dependencies: RolloutDependencies,
  order: RolloutOrder,
  window: StageWindow,
): Promise<StageObservation> {
  const { telemetry, clock, pulse } = dependencies;
  const { beat, signal } = pulse();
  const completeUntil = createHorizon({ telemetry, clock }, order);
  const watch = createWatch(dependencies, order, window.watchIds);
  for (;;) {
    signal.throwIfAborted();
    const instanceIds = await watch.nowAndThen();
    if (instanceIds.length > 0) return { kind: 'lost', instanceIds };
    // An empty window asks for nothing; it opens when telemetry has come that far.
    const toMs = Math.max(window.canary.fromMs, await completeUntil());
    const sample = await telemetry.sample(questionOf(order, window, toMs));
    const prior = await priorOf(dependencies, order, window);
    const progress = shareOfNeeded(sample, window, prior, order);
    beat({ share_of_needed: progress, canary: sample.canary.requests, control: sample.control.requests });
    if (progress >= 1 || toMs >= window.deadlineWorldMs) {
      // A node that was lost since the last look has put its share on the others within this window.
      const lostIds = await watch.now();
      if (lostIds.length > 0) return { kind: 'lost', instanceIds: lostIds };
      const promise = { slo: order.slo, requirement: window.requirement, prior };
      const judgement = judge(sample, promise, { fromMs: window.canary.fromMs, toMs });
      return { kind: 'judged', judgement };
    }
    await clock.sleepWall(nextLookMs(progress, toMs - window.canary.fromMs, clock.timeScale), signal);
  }
}

interface Watch {
  now(): Promise<readonly string[]>;
  /** Asks no more often than clouds like to be asked. */
  nowAndThen(): Promise<readonly string[]>;
}

/** Which of these nodes the cloud no longer runs, or has announced to take. */
function createWatch(
  dependencies: RolloutDependencies,
  order: RolloutOrder,
  watchIds: readonly string[],
): Watch {
  const { clock } = dependencies;
  let nextMs = Number.NEGATIVE_INFINITY;
  const now = async (): Promise<readonly string[]> => {
    if (watchIds.length === 0) return [];
    nextMs = clock.monotonicMs() + WATCH_EVERY_MS;
    return lostOf(dependencies, order, watchIds);
  };
  return { now, nowAndThen: async () => (clock.monotonicMs() < nextMs ? [] : now()) };
}

/** Traffic judged before, and that of this stage's windows which a lost node ended. */
async function priorOf(
  { telemetry }: RolloutDependencies,
  order: RolloutOrder,
  { prior, interrupted }: StageWindow,
): Promise<PriorTraffic> {
  let { requests, errors } = prior;
  for (const { instanceIds, fromMs, toMs } of interrupted) {
    const traffic = await telemetry.traffic({ ...order, fromMs, toMs });
    for (const id of instanceIds) {
      requests += traffic.requestsByInstance[id] ?? 0;
      errors += traffic.errorsByInstance[id] ?? 0;
    }
  }
  return { requests, errors };
}

function questionOf(order: RolloutOrder, { canary, control }: StageWindow, toMs: number) {
  return {
    customerId: order.customerId,
    deployment: order.deployment,
    canary: { instanceIds: canary.instanceIds, fromMs: canary.fromMs, toMs: canary.toMs ?? toMs },
    control: { instanceIds: control.instanceIds, fromMs: control.fromMs, toMs: control.toMs ?? toMs },
    limitMsP95: order.slo.latency_ms_p95,
    limitMsP99: order.slo.latency_ms_p99,
  };
}

/** How far the scarcest kind of sample has come; 1 means that the window can be judged. */
function shareOfNeeded(
  sample: TelemetryAnswer,
  { requirement }: StageWindow,
  prior: PriorTraffic,
  { slo }: Pick<RolloutOrder, 'slo'>,
): number {
  const arms = [sample.canary, sample.control];
  const shares = [
    ...arms.map((arm) => arm.requests / requirement.requestsPerArm),
    ...arms.map((arm) => arm.qualitySamples / requirement.qualitySamplesPerArm),
  ];
  if (requirement.proveErrorRate) {
    const errors = prior.errors + sample.canary.errors;
    shares.push((prior.requests + sample.canary.requests) / trialsToProve(errors, slo.error_rate));
  }
  return Math.min(...shares);
}

/** Half of the time that seems to be left: few looks in a long window, a quick one at its end. */
function nextLookMs(progress: number, elapsedWorldMs: number, timeScale: number): number {
  if (progress <= 0) return LOOK_MS.most / 4;
  const leftWallMs = (elapsedWorldMs * (1 - progress)) / progress / timeScale;
  return Math.min(LOOK_MS.most, Math.max(LOOK_MS.least, leftWallMs / 2));
}
