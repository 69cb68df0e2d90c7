import type { Place } from '../../contracts/world.ts';
import { OptiInfraError } from '../../support/errors.ts';
import type { CloudAccount, CloudInstance } from '../clouds/cloud.ts';

/** One account in one place. */
export interface Holding extends Place {
  readonly account: CloudAccount;
}

/** All places where a customer runs machines, seen as one. */
export interface Estate {
  at(place: Place): CloudAccount;
  /** Every machine that is starting or running, wherever it is. */
  describe(): Promise<readonly CloudInstance[]>;
  /** Ids that no look at the clouds has shown are nobody's, and nothing happens to them. */
  terminate(instanceIds: readonly string[]): Promise<void>;
  protect(instanceIds: readonly string[], on: boolean): Promise<void>;
  close(): void;
}

export function createEstate(holdings: readonly Holding[]): Estate {
  const ownerOf = new Map<string, CloudAccount>();
  const byOwner = async (
    instanceIds: readonly string[],
    act: (account: CloudAccount, ids: readonly string[]) => Promise<void>,
  ): Promise<void> => {
    await Promise.all(
      holdings.map(async ({ account }) => {
        const ids = instanceIds.filter((instanceId) => ownerOf.get(instanceId) === account);
        if (ids.length > 0) await act(account, ids);
      }),
    );
  };
  return {
    at: (place) => {
      const holding = holdings.find((one) => isSamePlace(one, place));
      if (holding !== undefined) return holding.account;
      throw new OptiInfraError('INTERNAL', `the site has no account in ${place.provider} ${place.region}`);
    },
    describe: async () => {
      const looks = await Promise.all(
        holdings.map(async ({ account }) => {
          const instances = await account.describe();
          for (const { instanceId } of instances) ownerOf.set(instanceId, account);
          return instances;
        }),
      );
      return looks.flat();
    },
    terminate: (instanceIds) => byOwner(instanceIds, (account, ids) => account.terminate(ids)),
    protect: (instanceIds, on) => byOwner(instanceIds, (account, ids) => account.protect(ids, on)),
    close: () => {
      for (const { account } of holdings) account.close();
    },
  };
}

export function isSamePlace(left: Place, right: Place): boolean {
  return left.provider === right.provider && left.region === right.region;
}
