import type { CloudProvider, Lifecycle } from '../../../../src/contracts/api/common.ts';
import { OptiInfraError } from '../../../../src/support/errors.ts';
import type { Cloud, CloudInstance } from '../../../../src/world/clouds/cloud.ts';

/** A cloud in memory that a test can push, terminate in and switch off. */
export interface FakeCloud extends Cloud {
  /** Accounts in order of opening, one entry a place. */
  readonly opened: readonly string[];
  /** Instances that the customer guards against termination. */
  readonly guarded: ReadonlySet<string>;
  /** What runs in the account, whoever launched it. */
  live(): readonly CloudInstance[];
  /** As the platform would: a machine that carries the deployment's tag. */
  launch(lifecycle: Lifecycle, options?: Partial<CloudInstance>): CloudInstance;
  /** Ends a machine without a word, or all calls with an error while `away`. */
  terminate(instanceId: string): void;
  away: boolean;
  /** Refuses the termination only. */
  keeps: boolean;
}

export function createFakeCloud(provider: CloudProvider = 'aws'): FakeCloud {
  const guarded = new Set<string>();
  const opened: string[] = [];
  const live = new Map<string, CloudInstance>();
  let count = 0;
  const launch: FakeCloud['launch'] = (lifecycle, options = {}) => {
    count += 1;
    const instance: CloudInstance = {
      provider,
      region: 'us-east-1',
      instanceId: `${provider === 'aws' ? 'i' : 'g'}-${count}`,
      zone: 'us-east-1a',
      instanceType: 'p4d.24xlarge',
      lifecycle,
      state: 'running',
      tags: { 'optiinfra:deployment': 'vllm-prod-1' },
      ...options,
    };
    live.set(instance.instanceId, instance);
    return instance;
  };
  const cloud: FakeCloud = {
    opened,
    guarded,
    away: false,
    keeps: false,
    live: () => [...live.values()],
    launch,
    terminate: (instanceId) => live.delete(instanceId),
    openAccount: async (accountId, region) => {
      opened.push(accountId);
      const answer = (): void => {
        if (cloud.away) throw new OptiInfraError('CLOUD_REFUSED', 'AWS did not answer');
      };
      return {
        launchOnDemand: async ({ zone, instanceType, count: wanted, tags }) => {
          answer();
          return Array.from({ length: wanted }, () =>
            launch('on_demand', { region, zone, instanceType, tags }),
          );
        },
        describe: async () => {
          answer();
          return [...live.values()].filter((instance) => instance.region === region);
        },
        terminate: async (instanceIds) => {
          answer();
          if (cloud.keeps && instanceIds.length > 0) throw new OptiInfraError('CLOUD_REFUSED', 'not now');
          if (instanceIds.some((instanceId) => guarded.has(instanceId))) {
            throw new OptiInfraError('CLOUD_REFUSED', 'protected against termination');
          }
          for (const instanceId of instanceIds) live.delete(instanceId);
        },
        protect: async (instanceIds, on) => {
          for (const instanceId of instanceIds) {
            if (on) guarded.add(instanceId);
            else guarded.delete(instanceId);
          }
        },
        close: () => undefined,
      };
    },
    probe: async () => {
      if (cloud.away) throw new OptiInfraError('CLOUD_REFUSED', 'AWS did not answer');
    },
  };
  return cloud;
}
