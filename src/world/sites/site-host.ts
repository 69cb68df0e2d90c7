import type { GoldenResults, InstanceReport } from '../../contracts/api/agent-runtime.ts';
import type { Clock } from '../../support/clock.ts';
import { describeError, OptiInfraError } from '../../support/errors.ts';
import { waitFor } from '../../support/waiting.ts';
import type { HostListener, Inventory, RuntimeHost } from '../agent-runtime/host.ts';
import { engineTiming } from '../serving/timing.ts';
import { hardwareFor } from '../serving/hardware.ts';
import type { Fleet } from './fleet.ts';
import type { GoldenRound } from './golden-rounds.ts';
import type { Machine } from './machine.ts';
import type { SeenInstance, SeenInstances } from './seen-instances.ts';
import type { ServedDeployment } from './served-deployment.ts';

/** Wall time an engine may take to come back; far above any restart, so that a lost node ends the wait. */
const RECONFIGURE_DEADLINE_MS = 3_600_000;
const LOOK_INTERVAL_MS = 50;
/** Wall time for all prompts of the largest set at time scale 1, at a prompt a second. */
const GOLDEN_DEADLINE_MS = 1_800_000;

export interface SiteHostOptions {
  readonly deployments: readonly ServedDeployment[];
  readonly seen: SeenInstances;
  readonly clock: Clock;
  readonly listeners: Set<HostListener>;
  /** Called after what a runtime did changed a fleet's availability or weights. */
  readonly changed: () => void;
}

/** The site as the customer's agent-runtime sees it from inside. */
export function createSiteHost(options: SiteHostOptions): RuntimeHost {
  const { deployments, clock, listeners, changed } = options;
  const named = (name: string): ServedDeployment | undefined => deployments.find((one) => one.name === name);
  return {
    hostname: `${deployments[0]?.name ?? 'nothing'}.internal`,
    deployments: deployments.map(({ name }) => name),
    inventory: () => inventory(options),
    applyWeights: (deployment, weights) => {
      const served = named(deployment);
      if (served === undefined)
        return problemForEach(Object.keys(weights), `no deployment ${deployment} here`);
      const problems = applyWeights(served, weights);
      changed();
      return problems;
    },
    drain: (instanceId) => {
      for (const { balancer } of deployments) balancer.exclude(instanceId);
      changed();
    },
    configureEngine: async (deployment, instanceId, configuration, signal) => {
      const served = named(deployment);
      const machine = served?.fleet.machine(instanceId);
      if (served === undefined || machine === undefined) return 'no such node';
      try {
        engineTiming(hardwareFor(machine.instance.instanceType, served.model), configuration);
      } catch (error) {
        return describeError(error);
      }
      if (JSON.stringify(machine.wantedConfiguration) !== JSON.stringify(configuration)) {
        machine.reconfigure(configuration);
        changed();
      }
      return waitUntilServing(machine, clock, signal);
    },
    askGolden: async ({ golden_run_id: runId, deployment, prompts }, signal) => {
      const served = named(deployment);
      if (served === undefined) return { answers: [], problem: `no deployment ${deployment} here` };
      const round = served.serving.askGolden(runId, prompts, clock.worldMs());
      return waitUntilAnswered(round, clock, signal);
    },
    attach: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function applyWeights(
  { fleet, balancer }: ServedDeployment,
  weights: Readonly<Record<string, number>>,
): Record<string, string> {
  const problems = weightProblems(fleet, weights);
  const total = fleet.machines.reduce((sum, { instanceId }) => sum + (weights[instanceId] ?? 0), 0);
  if (total > 0) {
    balancer.assign(new Map(Object.entries(weights)));
    return problems;
  }
  // Weights that would stop the whole deployment are kept off it: no wish of a rollout is worth that.
  const everyNode = fleet.machines.map(({ instanceId }) => instanceId);
  return {
    ...problems,
    ...problemForEach(everyNode, 'refused: no node of the deployment would get traffic'),
  };
}

/** An instance that has no node, or whose node is not ready, cannot take the share it was given. */
function weightProblems(fleet: Fleet, weights: Readonly<Record<string, number>>): Record<string, string> {
  const problems: Record<string, string> = {};
  for (const [instanceId, weight] of Object.entries(weights)) {
    if (weight === 0) continue;
    const machine = fleet.machine(instanceId);
    if (machine === undefined) problems[instanceId] = 'no such node';
    else if (!machine.available) problems[instanceId] = 'not ready: gets its share once it is';
  }
  return problems;
}

function problemForEach(instanceIds: readonly string[], problem: string): Record<string, string> {
  return Object.fromEntries(instanceIds.map((instanceId) => [instanceId, problem]));
}

async function waitUntilAnswered(
  round: GoldenRound,
  clock: Clock,
  signal: AbortSignal,
): Promise<Pick<GoldenResults, 'answers' | 'problem'>> {
  // Each request ends: answered, lost with its node, or timed out in a queue.
  await waitFor(
    () =>
      Promise.resolve(
        round.complete
          ? { done: true, value: undefined }
          : { done: false, observed: `${round.answers.length} golden prompts answered` },
      ),
    {
      condition: 'every golden prompt to be answered',
      deadlineMs: GOLDEN_DEADLINE_MS,
      intervalMs: LOOK_INTERVAL_MS,
      clock,
      signal,
    },
  );
  const failures = [...round.failures].map(([reason, count]) => `${count} without an answer: ${reason}`);
  return { answers: round.answers, problem: failures.length === 0 ? null : failures.join('; ') };
}

async function waitUntilServing(
  machine: Machine,
  clock: Clock,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    return await waitFor(
      () => {
        if (machine.gone) return Promise.resolve({ done: true, value: 'the node has gone' });
        if (!machine.reconfiguring) return Promise.resolve({ done: true, value: undefined });
        return Promise.resolve({ done: false, observed: `${machine.engine.inFlight()} requests in flight` });
      },
      {
        condition: `the engine of ${machine.instanceId} to serve its new configuration`,
        deadlineMs: RECONFIGURE_DEADLINE_MS,
        intervalMs: LOOK_INTERVAL_MS,
        clock,
        signal,
      },
    );
  } catch (error) {
    if (error instanceof OptiInfraError) return describeError(error);
    throw error;
  }
}

function inventory({ deployments, seen }: SiteHostOptions): Inventory {
  const machineOf = (instanceId: string): Machine | undefined =>
    deployments.flatMap(({ fleet }) => fleet.machine(instanceId) ?? [])[0];
  return {
    instances: seen.all.map((one) => instanceReport(one, machineOf(one.instance.instanceId))),
    deployments: deployments.map((deployment) => deployment.report()),
  };
}

function instanceReport(
  { instance, launchedAtMs }: SeenInstance,
  machine: Machine | undefined,
): InstanceReport {
  return {
    instance_id: instance.instanceId,
    provider: instance.provider,
    region: instance.region,
    zone: instance.zone,
    instance_type: instance.instanceType,
    lifecycle: instance.lifecycle,
    state: instance.state,
    ready: machine?.available ?? false,
    launched_at_ms: Math.round(launchedAtMs),
    tags: instance.tags,
    interruption_at_ms: machine?.interruptionAtMs ?? null,
  };
}
