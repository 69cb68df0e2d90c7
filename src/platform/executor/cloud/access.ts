import type { CloudDoor } from '../contract.ts';
import type { Cloud, CloudAccess } from './cloud.ts';

/** How a cloud is entered; loads the provider's SDK. */
export type OpenCloud = (door: CloudDoor) => Promise<Cloud>;

/** Ways into customers' accounts: each is opened once, when the first rollout needs it, and again after a failure. */
export function createCloudAccess(open: Readonly<Record<CloudDoor['provider'], OpenCloud>>): CloudAccess {
  const clouds = new Map<string, Promise<Cloud>>();
  return async (door) => {
    const { provider, region, account_id: accountId, roleArn, serviceAccount } = door;
    const key = [provider, region, accountId, roleArn, serviceAccount].join('/');
    const known = clouds.get(key);
    if (known !== undefined) return known;
    const opened = open[provider](door);
    clouds.set(key, opened);
    opened.catch(() => clouds.delete(key));
    return opened;
  };
}
