import type { DeploymentReport } from '../../contracts/api/agent-runtime.ts';
import type { FleetRequest, SiteDeployment, SiteNode } from '../../contracts/world.ts';
import type { Logger } from '../../support/logging.ts';
import type { StartTimes } from './cold-start.ts';
import type { Faults } from './faults.ts';
import { Fleet } from './fleet.ts';
import { createLoadBalancer, type LoadBalancer } from './load-balancer.ts';
import type { Machine } from './machine.ts';
import { createPipeline, type Pipeline } from './pipeline.ts';
import { createServingSide, type ServingSide } from './serving-side.ts';

export interface ServedDeploymentOptions {
  readonly request: FleetRequest;
  readonly seed: number;
  /** Empty in the first fleet of a site. */
  readonly streamPrefix: string;
  readonly faults: Faults;
  readonly times: StartTimes;
  readonly startMs: number;
  readonly logger: Logger;
}

/** One served model: its machines, its balancer, its users and the pipeline that delivers to it. */
export interface ServedDeployment {
  readonly name: string;
  readonly model: string;
  readonly fleet: Fleet;
  readonly balancer: LoadBalancer<Machine>;
  readonly serving: ServingSide;
  readonly pipeline: Pipeline;
  /** To be called after every change of a machine's availability. */
  rebalance(): void;
  report(): DeploymentReport;
  summary(): SiteDeployment;
  nodes(): readonly SiteNode[];
}

export function createServedDeployment(options: ServedDeploymentOptions): ServedDeployment {
  const { request, seed, streamPrefix, faults, times, startMs, logger } = options;
  const { deployment: name, model, engineConfiguration: configuration, traffic: profile } = request;
  const fleet = new Fleet({ deployment: name, model, seed, streamPrefix, configuration, times, logger });
  const balancer = createLoadBalancer<Machine>();
  const serving = createServingSide({ fleet, balancer, faults, seed, streamPrefix, profile, startMs });
  return {
    name,
    model,
    fleet,
    balancer,
    serving,
    pipeline: createPipeline(fleet),
    rebalance: () => balancer.setBackends(fleet.machines),
    report: () => ({
      name,
      model,
      engine_configuration: fleet.configuration,
      engine_configurations: Object.fromEntries(
        fleet.machines.map(({ instanceId, engine }) => [instanceId, engine.configuration]),
      ),
      instance_ids: fleet.machines.map(({ instanceId }) => instanceId),
      weights: Object.fromEntries(
        fleet.machines.map(({ instanceId }) => [instanceId, balancer.weightOf(instanceId)]),
      ),
    }),
    summary: () => ({
      name,
      requestsPerSecond: serving.requestsPerSecond,
      requestsServed: serving.served,
      requestsFailed: serving.failed,
    }),
    nodes: () =>
      fleet.everyMachine.map((machine) =>
        machine.describe(name, machine.gone ? 0 : balancer.weightOf(machine.instanceId)),
      ),
  };
}
