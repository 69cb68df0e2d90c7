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
  readonly configuration: EngineConfiguration;
  readonly times: StartTimes;
  readonly logger: Logger;
}

/** An instance as the cloud shows it, and since when it is known. */
export interface SeenInstance {
  readonly instance: CloudInstance;
  readonly launchedAtMs: number;
}

/** What a look at the cloud changed. */
export interface FleetChange {
  readonly changed: boolean;
  /** Requests that were on machines which have gone. */
  readonly lost: readonly { readonly machine: Machine; readonly finished: readonly Finished[] }[];
}

/** The machines of a deployment, followed by what the cloud shows. */
export class Fleet {
  readonly #options: FleetOptions;
  readonly #seen = new Map<string, SeenInstance>();
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

  /** Every live instance of the account, whether it serves or not. */
  get instances(): readonly SeenInstance[] {
    return [...this.#seen.values()];
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

  /** Takes the cloud's present list for true. A machine that is seen for the first time is cold, unless `warm`. */
  follow(instances: readonly CloudInstance[], nowMs: number, warm = false): FleetChange {
    let changed = false;
    for (const instance of instances) {
      const before = this.#seen.get(instance.instanceId);
      changed ||= before === undefined || before.instance.state !== instance.state;
      this.#seen.set(instance.instanceId, { instance, launchedAtMs: before?.launchedAtMs ?? nowMs });
      changed = this.#join(instance, nowMs, warm) || changed;
    }
    const present = new Set(instances.map(({ instanceId }) => instanceId));
    const absent = [...this.#seen.keys()].filter((instanceId) => !present.has(instanceId));
    const lost = absent.flatMap((instanceId) => this.lose(instanceId));
    return { changed: changed || absent.length > 0, lost };
  }

  /** The instance is no more. */
  lose(instanceId: string): FleetChange['lost'] {
    this.#seen.delete(instanceId);
    const machine = this.machine(instanceId);
    return machine === undefined ? [] : [{ machine, finished: machine.lose() }];
  }

  /** True when the instance became a machine of the deployment. */
  #join(instance: CloudInstance, nowMs: number, warm: boolean): boolean {
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

  #add(
    instance: CloudInstance,
    hardware: ReturnType<typeof hardwareFor>,
    nowMs: number,
    warm: boolean,
  ): void {
    const { seed, times } = this.#options;
    const machine = new Machine({
      instance,
      hardware,
      configuration: this.configuration,
      seed,
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
