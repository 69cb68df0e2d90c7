import type { InstanceReport } from '../../contracts/api/agent-runtime.ts';
import type { Clock } from '../../support/clock.ts';
import { describeError, OptiInfraError } from '../../support/errors.ts';
import { waitFor } from '../../support/waiting.ts';
import type { HostListener, Inventory, RuntimeHost } from '../agent-runtime/host.ts';
import { engineTiming } from '../serving/timing.ts';
import { hardwareFor } from '../serving/hardware.ts';
import type { Fleet, SeenInstance } from './fleet.ts';
import type { LoadBalancer } from './load-balancer.ts';
import type { Machine } from './machine.ts';

/** Wall time an engine may take to come back; far above any restart, so that a lost node ends the wait. */
const RECONFIGURE_DEADLINE_MS = 3_600_000;
const LOOK_INTERVAL_MS = 50;

export interface SiteHostOptions {
  readonly region: string;
  readonly deployment: string;
  readonly model: string;
  readonly fleet: Fleet;
  readonly balancer: LoadBalancer<Machine>;
  readonly clock: Clock;
  readonly listeners: Set<HostListener>;
  /** Called after what a runtime did changed the fleet's availability or weights. */
  readonly changed: () => void;
}

/** The site as the customer's agent-runtime sees it from inside. */
export function createSiteHost(options: SiteHostOptions): RuntimeHost {
  const { fleet, balancer, deployment, clock, listeners, changed } = options;
  return {
    hostname: `${deployment}.internal`,
    deployment,
    inventory: () => inventory(options),
    applyWeights: (weights) => {
      const problems = weightProblems(fleet, weights);
      const total = fleet.machines.reduce((sum, { instanceId }) => sum + (weights[instanceId] ?? 0), 0);
      if (total === 0) return refuseEmpty(fleet, problems);
      balancer.assign(new Map(Object.entries(weights)));
      changed();
      return problems;
    },
    drain: (instanceId) => {
      balancer.exclude(instanceId);
      changed();
    },
    configureEngine: async (instanceId, configuration, signal) => {
      const machine = fleet.machine(instanceId);
      if (machine === undefined) return 'no such node';
      try {
        engineTiming(hardwareFor(machine.instance.instanceType, options.model), configuration);
      } catch (error) {
        return describeError(error);
      }
      if (JSON.stringify(machine.engine.configuration) !== JSON.stringify(configuration)) {
        machine.reconfigure(configuration);
        changed();
      }
      return waitUntilServing(machine, clock, signal);
    },
    attach: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
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

/** Weights that would stop the whole deployment are kept off it: no wish of a rollout is worth that. */
function refuseEmpty(fleet: Fleet, problems: Record<string, string>): Record<string, string> {
  for (const { instanceId } of fleet.machines) {
    problems[instanceId] = 'refused: no node of the deployment would get traffic';
  }
  return problems;
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

function inventory(options: SiteHostOptions): Inventory {
  const { fleet, balancer, deployment, model } = options;
  const machines = fleet.machines;
  return {
    instances: fleet.instances.map((seen) => instanceReport(options, seen)),
    deployments: [
      {
        name: deployment,
        model,
        engine_configuration: fleet.configuration,
        instance_ids: machines.map(({ instanceId }) => instanceId),
        weights: Object.fromEntries(
          machines.map(({ instanceId }) => [instanceId, balancer.weightOf(instanceId)]),
        ),
      },
    ],
  };
}

function instanceReport(
  { fleet, region }: SiteHostOptions,
  { instance, launchedAtMs }: SeenInstance,
): InstanceReport {
  const machine = fleet.machine(instance.instanceId);
  return {
    instance_id: instance.instanceId,
    provider: 'aws',
    region,
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
