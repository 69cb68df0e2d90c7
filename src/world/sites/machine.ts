import type { Lifecycle } from '../../contracts/api/common.ts';
import type { EngineConfiguration } from '../../contracts/api/customers.ts';
import type { SiteNode } from '../../contracts/world.ts';
import { randomStream, type RandomStream } from '../../support/random.ts';
import type { CloudInstance } from '../clouds/cloud.ts';
import type { HardwareProfile } from '../serving/hardware.ts';
import { createServingNode, type Finished, type ServingNode } from '../serving/node.ts';
import type { StartTimes } from './cold-start.ts';
import type { Backend } from './load-balancer.ts';

export interface MachineOptions {
  readonly instance: CloudInstance;
  readonly hardware: HardwareProfile;
  readonly configuration: EngineConfiguration;
  readonly seed: number;
  /** Before the names of its random streams; empty in a site's first fleet. */
  readonly streamPrefix: string;
  /** Its place in its fleet's history: instance ids are random, streams must not be. */
  readonly ordinal: number;
  readonly launchedAtMs: number;
  readonly readyAtMs: number;
  readonly times: StartTimes;
}

/** A machine of the deployment with its engine: cold, then serving, restarting at a new configuration, at last gone. */
export class Machine implements Backend {
  readonly instanceId: string;
  readonly lifecycle: Lifecycle;
  readonly launchedAtMs: number;
  readonly ordinal: number;
  /** Names its fate under the market's interruptions. */
  readonly fate: string;
  readonly engine: ServingNode;
  readonly qualityNoise: RandomStream;
  requestsServed = 0;
  /** World time at which the cloud takes it away, once announced. */
  interruptionAtMs: number | null = null;
  #instance: CloudInstance;
  #phase: 'starting' | 'serving' | 'gone' = 'starting';
  #readyAtMs: number;
  #wantedConfiguration: EngineConfiguration | undefined;
  readonly #times: StartTimes;

  constructor(options: MachineOptions) {
    const { instance, hardware, configuration, seed, streamPrefix, ordinal } = options;
    this.instanceId = instance.instanceId;
    this.lifecycle = instance.lifecycle;
    this.launchedAtMs = options.launchedAtMs;
    this.ordinal = ordinal;
    this.fate = `${streamPrefix}${ordinal}`;
    this.#instance = instance;
    this.#readyAtMs = options.readyAtMs;
    this.#times = options.times;
    this.qualityNoise = randomStream(seed, `${streamPrefix}quality/${ordinal}`);
    this.engine = createServingNode({
      instanceId: instance.instanceId,
      hardware,
      configuration,
      noise: randomStream(seed, `${streamPrefix}iteration-noise/${ordinal}`),
    });
  }

  get instance(): CloudInstance {
    return this.#instance;
  }

  get available(): boolean {
    return this.#phase === 'serving' && this.#wantedConfiguration === undefined;
  }

  get gone(): boolean {
    return this.#phase === 'gone';
  }

  /** A configuration was asked for and does not serve yet. */
  get reconfiguring(): boolean {
    return this.#wantedConfiguration !== undefined || this.#phase === 'starting';
  }

  seen(instance: CloudInstance): void {
    this.#instance = instance;
  }

  /** Moves on what time alone moves; true when it became or ceased to be available. */
  step(nowMs: number): boolean {
    const before = this.available;
    if (this.#wantedConfiguration !== undefined && this.engine.inFlight() === 0) {
      this.engine.setConfiguration(this.#wantedConfiguration);
      this.#wantedConfiguration = undefined;
      if (this.#phase === 'serving') {
        this.#phase = 'starting';
        this.#readyAtMs = nowMs + this.#times.engineRestartMs;
      }
    }
    if (this.#phase === 'starting' && nowMs >= this.#readyAtMs) this.#phase = 'serving';
    return before !== this.available;
  }

  /** Takes no new request, lets what runs finish, then restarts the engine; before the first start it costs nothing. */
  reconfigure(configuration: EngineConfiguration): void {
    this.#wantedConfiguration = configuration;
  }

  /** The machine is lost with all that runs on it. */
  lose(): Finished[] {
    this.#phase = 'gone';
    return this.engine.abandon();
  }

  /** What it runs, or will run once what is on it has finished. */
  get wantedConfiguration(): EngineConfiguration {
    return this.#wantedConfiguration ?? this.engine.configuration;
  }

  describe(deployment: string, weight: number): SiteNode {
    const { provider, region, instanceType, zone } = this.#instance;
    return {
      instanceId: this.instanceId,
      deployment,
      provider,
      region,
      instanceType,
      zone,
      lifecycle: this.lifecycle,
      state: this.#state(weight),
      weight,
      requestsServed: this.requestsServed,
      engineConfiguration: this.engine.configuration,
    };
  }

  #state(weight: number): SiteNode['state'] {
    if (this.#phase === 'gone') return 'gone';
    if (this.#phase === 'starting') return 'cold';
    const leaving = this.interruptionAtMs !== null || this.#wantedConfiguration !== undefined;
    return leaving || (weight === 0 && this.engine.inFlight() > 0) ? 'draining' : 'ready';
  }
}
