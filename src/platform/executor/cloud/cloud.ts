import type { Lifecycle } from '../../../contracts/api/common.ts';
import type { CloudDoor } from '../contract.ts';

/** Tags by which cloud resources of a rollout are found again, whatever happened to the process that made them. */
export const TAGS = {
  deployment: 'optiinfra:deployment',
  optimization: 'optiinfra:optimization',
  customer: 'optiinfra:customer',
  slot: 'optiinfra:slot',
  /** On a node that runs on demand only because spot had no capacity: `spot`. */
  fallback: 'optiinfra:fallback',
} as const;

export type InstanceState = 'pending' | 'running' | 'shutting-down' | 'terminated' | 'stopping' | 'stopped';

export interface CloudInstance {
  readonly instanceId: string;
  readonly instanceType: string;
  readonly zone: string;
  readonly lifecycle: Lifecycle;
  readonly state: InstanceState;
  readonly tags: Readonly<Record<string, string>>;
}
export interface LaunchRequest {
  readonly instanceType: string;
  readonly zone: string;
  readonly lifecycle: Lifecycle;
  /** At most 64 characters; the same token never makes a second instance. */
  readonly clientToken: string;
  readonly tags: Readonly<Record<string, string>>;
  /** The first instance the cloud knows of these gives image, key and security groups. */
  readonly likeInstanceIds: readonly string[];
}
/** One customer's cloud account in one region. */
export interface Cloud {
  /** @throws OptiInfraError `NO_SPOT_CAPACITY` when this zone has none, `CLOUD_REFUSED` for other refusals. */
  launch(request: LaunchRequest): Promise<CloudInstance>;
  describe(instanceIds: readonly string[]): Promise<readonly CloudInstance[]>;
  findByTag(tag: string, value: string): Promise<readonly CloudInstance[]>;
  /** Every instance of the account that is billed: pending or running. */
  listBilled(): Promise<readonly CloudInstance[]>;
  terminate(instanceIds: readonly string[]): Promise<void>;
}
export type CloudAccess = (door: CloudDoor) => Promise<Cloud>;

export function isAlive({ state }: Pick<CloudInstance, 'state'>): boolean {
  return state === 'pending' || state === 'running';
}
