import type { EngineConfiguration } from '../../contracts/api/customers.ts';
import { describeError } from '../../support/errors.ts';
import type { Logger } from '../../support/logging.ts';
import type { CloudInstance } from '../clouds/cloud.ts';
import { hardwareFor } from '../serving/hardware.ts';
import type { Finished } from '../serving/node.ts';
import type { StartTimes } from './cold-start.ts';
import { Machine } from './machine.ts';

/** The tag by which an instance joins a deployment. */
export const DEPLOYMENT_TAG = 'optiinfra:deployment';

export interface FleetOptions {
  readonly deployment: string;
  readonly model: string;
  readonly seed: number;
  /** Before the names of its random streams; empty in a site's first fleet. */
  readonly streamPrefix: string;
  readonly configuration: EngineConfiguration;
  readonly times: StartTimes;
  readonly logger: Logger;
}

/** Requests that were on a machine which has gone. */
export interface Loss {
  readonly machine: Machine;
  readonly finished: readonly Finished[];
}

/** The machines of a deployment, followed by what the cloud shows. */
export class Fleet {
  readonly #options: FleetOptions;
  readonly #machines = new Map<string, Machine>();
  /** Instances that carry the tag but cannot serve: said once. */
  readonly #unfit = new Set<string>();
  #machinesEver = 0;

  constructor(options: FleetOptions) {
    this.#options = options;
  }

  /** Machines that have not gone, in order of arrival. */
  get machines(): readonly Machine[] {
    return [...this.#machines.values()].filter(({ gone }) => !gone);
  }

  get everyMachine(): readonly Machine[] {
    return [...this.#machines.values()];
  }

  machine(instanceId: string): Machine | undefined {
    const machine = this.#machines.get(instanceId);
    return machine?.gone === false ? machine : undefined;
  }

  /** What the deployment runs with: the configuration most of its machines have, the oldest machine's in a tie. */
  get configuration(): EngineConfiguration {
    const counts = new Map<string, { configuration: EngineConfiguration; machines: number }>();
    for (const { engine } of this.machines) {
      const key = JSON.stringify(engine.configuration);
      const count = counts.get(key) ?? { configuration: engine.configuration, machines: 0 };
      count.machines += 1;
      counts.set(key, count);
    }
    const [most] = [...counts.values()].sort((left, right) => right.machines - left.machines);
    return most?.configuration ?? this.#options.configuration;
  }

  /**
   * Looks at an instance that the cloud shows; true when it became a machine of the deployment just now. A new machine
   * is cold, unless `warm`.
   */
  look(instance: CloudInstance, nowMs: number, warm = false): boolean {
    const { deployment, model, logger } = this.#options;
    const known = this.#machines.get(instance.instanceId);
    if (known !== undefined) {
      known.seen(instance);
      return false;
    }
    if (instance.tags[DEPLOYMENT_TAG] !== deployment || this.#unfit.has(instance.instanceId)) return false;
    try {
      const hardware = hardwareFor(instance.instanceType, model);
      this.#add(instance, hardware, nowMs, warm);
      return true;
    } catch (error) {
      this.#unfit.add(instance.instanceId);
      logger.warn({ instanceId: instance.instanceId, reason: describeError(error) }, 'cannot serve');
      return false;
    }
  }

  /** The instance is no more. */
  lose(instanceId: string): Loss | undefined {
    const machine = this.machine(instanceId);
    return machine === undefined ? undefined : { machine, finished: machine.lose() };
  }

  #add(
    instance: CloudInstance,
    hardware: ReturnType<typeof hardwareFor>,
    nowMs: number,
    warm: boolean,
  ): void {
    const { seed, streamPrefix, times } = this.#options;
    const machine = new Machine({
      instance,
      hardware,
      configuration: this.configuration,
      seed,
      streamPrefix,
      ordinal: this.#machinesEver,
      launchedAtMs: nowMs,
      readyAtMs: warm ? nowMs : nowMs + times.coldStartMs,
      times,
    });
    machine.step(nowMs);
    this.#machinesEver += 1;
    this.#machines.set(instance.instanceId, machine);
  }
}
