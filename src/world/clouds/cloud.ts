import type { CloudProvider, Lifecycle } from '../../contracts/api/common.ts';
import type { Place } from '../../contracts/world.ts';

/** What a cloud's API tells about one machine. */
export interface CloudInstance extends Place {
  readonly instanceId: string;
  readonly zone: string;
  readonly instanceType: string;
  readonly lifecycle: Lifecycle;
  readonly state: 'pending' | 'running';
  readonly tags: Readonly<Record<string, string>>;
}

export interface LaunchRequest {
  readonly zone: string;
  readonly instanceType: string;
  readonly count: number;
  readonly tags: Readonly<Record<string, string>>;
}

/** One customer's account in one region. Nothing of other accounts can be seen or touched through it. */
export interface CloudAccount {
  launchOnDemand(request: LaunchRequest): Promise<readonly CloudInstance[]>;
  /** Every machine that is starting or running; one that is absent has gone. */
  describe(): Promise<readonly CloudInstance[]>;
  terminate(instanceIds: readonly string[]): Promise<void>;
  /** The customer's own guard against termination by API, on or off. */
  protect(instanceIds: readonly string[], on: boolean): Promise<void>;
  close(): void;
}

export interface Cloud {
  openAccount(accountId: string, region: string): Promise<CloudAccount>;
  /** @throws OptiInfraError `CLOUD_REFUSED` when the cloud's endpoint does not answer. */
  probe(): Promise<void>;
}

export type Clouds = Readonly<Record<CloudProvider, Cloud>>;
