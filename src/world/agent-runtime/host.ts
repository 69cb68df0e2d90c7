import type {
  DeploymentReport,
  GpuSample,
  InstanceReport,
  IterationSample,
  RequestRecord,
} from '../../contracts/api/agent-runtime.ts';
import type { EngineConfiguration } from '../../contracts/api/customers.ts';

/** What the engines' logs gave since the last look. */
export interface TelemetryDelivery {
  readonly requests: readonly RequestRecord[];
  readonly iterations: readonly IterationSample[];
  readonly gpu: readonly GpuSample[];
}

export interface Inventory {
  readonly instances: readonly InstanceReport[];
  readonly deployments: readonly DeploymentReport[];
}

/** What the runtime may see and do where it is installed. It knows nothing else of the world. */
export interface RuntimeHost {
  readonly hostname: string;
  readonly deployment: string;
  inventory(): Inventory;
  /** Traffic weights, absolute: an instance that is absent gets 0. Answers what could not be applied, by instance id. */
  applyWeights(weights: Readonly<Record<string, number>>): Readonly<Record<string, string>>;
  /** Takes a node out of rotation whatever its weight; what runs on it finishes. */
  drain(instanceId: string): void;
  /** Resolves when the engine serves with this configuration, with the problem if it does not. */
  configureEngine(
    instanceId: string,
    configuration: EngineConfiguration,
    signal: AbortSignal,
  ): Promise<string | undefined>;
  /** Attaches the runtime's listeners; the answer detaches them. */
  attach(listener: HostListener): () => void;
}

export interface HostListener {
  inventoryChanged(): void;
  telemetry(delivery: TelemetryDelivery): void;
}
