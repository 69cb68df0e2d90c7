import type { EnvironmentDescriptor, EnvironmentSecrets } from '../contracts/environment.ts';
import type { PortName } from '../contracts/ports.ts';

/** Every process has the name of its port; some listen on further ones: Temporal's Web UI, the world's clouds. */
export type ProcessName = Exclude<PortName, 'temporalUi' | 'awsEdge' | 'gcp'>;

/** What a definition may look at: everything else about a process follows from it. */
export interface ProcessContext {
  /** Absolute path of the project. */
  readonly root: string;
  readonly descriptor: EnvironmentDescriptor;
  readonly secrets: EnvironmentSecrets;
}

export interface ProcessCommand {
  readonly file: string;
  readonly arguments: readonly string[];
  readonly variables: NodeJS.ProcessEnv;
  readonly workingDirectory: string;
  /** The user to run as, when it is not ours: PostgreSQL refuses root. */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
}

/** One process of an environment, as data: how it is started, when it is ready, how it stops. */
export interface ProcessDefinition {
  readonly name: ProcessName;
  readonly ports: readonly PortName[];
  /** Started only when these are ready. */
  readonly after: readonly ProcessName[];
  /** Stopped in the order services, core, engines. */
  readonly layer: 'engine' | 'core' | 'service';
  readonly stopSignal: NodeJS.Signals;
  /** Wall milliseconds from its start until it must be ready. */
  readonly deadlineMs: number;
  /**
   * Makes its data directory. Runs once, before the first start.
   * @throws OptiInfraError `BINARY_MISSING` when what it needs is not installed.
   */
  prepare(context: ProcessContext): Promise<void>;
  command(context: ProcessContext): ProcessCommand;
  /** Imports what the probe talks with, so that a measured answer is not that of the import. */
  loadClient(): Promise<unknown>;
  /** Uses it for real (engines: a write and a read) and says what it saw; throws while it is not ready. */
  probe(context: ProcessContext, signal: AbortSignal): Promise<string>;
}

/** `costAgent` → `cost-agent`: how people read and type the name of a process. */
export function displayName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
