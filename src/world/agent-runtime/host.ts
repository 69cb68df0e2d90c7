import type {
  DeploymentReport,
  GoldenResults,
  GoldenRunOrder,
  GpuSample,
  InstanceReport,
  IterationSample,
  RequestRecord,
} from '../../contracts/api/agent-runtime.ts';
import type { EngineConfiguration } from '../../contracts/api/customers.ts';

/** What the logs of a deployment's engines gave since the last look. */
export interface TelemetryDelivery {
  readonly deployment: string;
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
  readonly deployments: readonly string[];
  inventory(): Inventory;
  /**
   * Traffic weights of a deployment, absolute: an instance that is absent gets 0. Answers what could not be applied, by
   * instance id.
   */
  applyWeights(
    deployment: string,
    weights: Readonly<Record<string, number>>,
  ): Readonly<Record<string, string>>;
  /** Takes a node out of rotation whatever its weight; what runs on it finishes. */
  drain(instanceId: string): void;
  /** Resolves when the engine serves with this configuration, with the problem if it does not. */
  configureEngine(
    deployment: string,
    instanceId: string,
    configuration: EngineConfiguration,
    signal: AbortSignal,
  ): Promise<string | undefined>;
  /** Asks golden prompts as real requests; resolves when each has an answer or has failed. */
  askGolden(order: GoldenRunOrder, signal: AbortSignal): Promise<Pick<GoldenResults, 'answers' | 'problem'>>;
  /** Attaches the runtime's listeners; the answer detaches them. */
  attach(listener: HostListener): () => void;
}

export interface HostListener {
  inventoryChanged(): void;
  telemetry(delivery: TelemetryDelivery): void;
}
