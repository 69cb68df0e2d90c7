import type { GpuSample, IterationSample, RequestRecord } from '../../contracts/api/agent-runtime.ts';
import type { TrafficProfile } from '../../contracts/world.ts';
import type { TelemetryDelivery } from '../agent-runtime/host.ts';
import { ENGINE_MEMORY_SHARE } from '../serving/hardware.ts';
import type { ServingRequest } from '../serving/request.ts';
import { createTraffic } from '../serving/traffic.ts';
import type { Faults } from './faults.ts';
import type { Fleet, Loss } from './fleet.ts';
import { createGoldenRounds, type GoldenRound, type GoldenRounds } from './golden-rounds.ts';
import type { LoadBalancer } from './load-balancer.ts';
import type { Machine } from './machine.ts';
import { recordOf, unservedRecord } from './records.ts';

/** World time between two readings of the cards. */
const GPU_SAMPLE_INTERVAL_MS = 15_000;

export interface ServingSideOptions {
  readonly fleet: Fleet;
  readonly balancer: LoadBalancer<Machine>;
  readonly faults: Faults;
  readonly seed: number;
  /** Before the names of its random streams and the ids of its requests; empty in a site's first fleet. */
  readonly streamPrefix: string;
  readonly profile: TrafficProfile;
  readonly startMs: number;
}

/** The customer's users and what answers them. */
export interface ServingSide {
  readonly requestsPerSecond: number;
  readonly served: number;
  readonly failed: number;
  /** Brings traffic and engines to `nowMs` and hands out what the logs gained. */
  advance(nowMs: number): Omit<TelemetryDelivery, 'deployment'>;
  /** Requests that ended because their machine went away; their lines come with the next `advance`. */
  lost(loss: Loss): void;
  /** Asks the first `prompts` golden prompts from now on, beside the users' requests. */
  askGolden(runId: string, prompts: number, nowMs: number): GoldenRound;
  /** The users come at another rate from now on. */
  setRate(requestsPerSecond: number): void;
}

export function createServingSide(options: ServingSideOptions): ServingSide {
  const { fleet, balancer, faults } = options;
  const traffic = createTraffic({
    seed: options.seed,
    profile: options.profile,
    startMs: options.startMs,
    streamPrefix: options.streamPrefix,
    idPrefix: `${options.streamPrefix}r${options.seed.toString(36)}`,
  });
  const golden = createGoldenRounds(options);
  let pending: RequestRecord[] = [];
  let gpuSampledAtMs = options.startMs;
  let served = 0;
  let failed = 0;
  let { requestsPerSecond } = options.profile;

  const log = (record: RequestRecord): void => {
    if (record.status === 'ok') served += 1;
    else failed += 1;
    golden.settle(record);
    pending.push(record);
  };

  return {
    get requestsPerSecond() {
      return traffic.requestsPerSecond;
    },
    get served() {
      return served;
    },
    get failed() {
      return failed;
    },
    lost: ({ machine, finished }) => {
      for (const one of finished) log(recordOf(one, machine, 0));
    },
    askGolden: (runId, prompts, nowMs) => golden.start(runId, prompts, nowMs, traffic.requestsPerSecond),
    setRate: (rate) => {
      requestsPerSecond = rate;
    },
    advance: (nowMs) => {
      traffic.setRate(faults.trafficStopped ? 0 : requestsPerSecond);
      route(inOrder(traffic.arrivalsUntil(nowMs), golden.dueUntil(nowMs)), balancer, log);
      const iterations = advanceEngines(fleet.machines, faults, golden, nowMs, log);
      const readCards = nowMs - gpuSampledAtMs >= GPU_SAMPLE_INTERVAL_MS;
      const gpu = readCards ? readGpus(fleet.machines, nowMs, nowMs - gpuSampledAtMs) : [];
      if (readCards) gpuSampledAtMs = nowMs;
      const requests = pending;
      pending = [];
      return { requests, iterations, gpu };
    },
  };
}

function inOrder(users: ServingRequest[], golden: readonly ServingRequest[]): readonly ServingRequest[] {
  if (golden.length === 0) return users;
  return [...users, ...golden].sort((left, right) => left.arrivedAtMs - right.arrivedAtMs);
}

function route(
  requests: readonly ServingRequest[],
  balancer: LoadBalancer<Machine>,
  log: (record: RequestRecord) => void,
): void {
  for (const request of requests) {
    const machine = balancer.pick();
    if (machine === undefined) log(unservedRecord(request));
    else machine.engine.submit(request);
  }
}

function advanceEngines(
  machines: readonly Machine[],
  faults: Faults,
  golden: Pick<GoldenRounds, 'score'>,
  nowMs: number,
  log: (record: RequestRecord) => void,
): IterationSample[] {
  const iterations: IterationSample[] = [];
  for (const machine of machines) {
    const target = { lifecycle: machine.lifecycle, configuration: machine.engine.configuration };
    machine.engine.setSlowFactor(faults.slowFactor(target));
    const qualityDrop = faults.qualityDrop(target);
    for (const finished of machine.engine.advanceTo(nowMs)) {
      if (finished.errorReason === null) machine.requestsServed += 1;
      log(recordOf(finished, machine, qualityDrop, golden.score(finished, machine, qualityDrop)));
    }
    for (const sample of machine.engine.takeIterationSamples()) iterations.push(sample);
  }
  return iterations;
}

function readGpus(machines: readonly Machine[], nowMs: number, windowMs: number): GpuSample[] {
  return machines
    .filter(({ available }) => available)
    .map(({ instanceId, engine }) => ({
      instance_id: instanceId,
      at_ms: Math.round(nowMs),
      utilization: engine.busyShare(windowMs),
      memory_utilization: ENGINE_MEMORY_SHARE,
    }));
}
