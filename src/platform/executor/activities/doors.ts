import { OptiInfraError } from '../../../support/errors.ts';
import type { Cloud, CloudInstance } from '../cloud/cloud.ts';
import type { CloudDoor, Place, RolloutOrder } from '../contract.ts';
import type { RolloutDependencies } from './dependencies.ts';

type Clouds = Pick<RolloutDependencies, 'cloud'>;

export interface PlacedInstance extends CloudInstance {
  readonly place: CloudDoor;
}

export function doorTo({ doors }: Pick<RolloutOrder, 'doors'>, { provider, region }: Place): CloudDoor {
  const door = doors.find((one) => one.provider === provider && one.region === region);
  if (door !== undefined) return door;
  throw new OptiInfraError('INVALID_STATE', `no access to ${provider} ${region}`);
}

/** The same question to every place the plan touches. */
export async function everywhere(
  { cloud }: Clouds,
  { doors }: Pick<RolloutOrder, 'doors'>,
  ask: (cloud: Cloud) => Promise<readonly CloudInstance[]>,
): Promise<readonly PlacedInstance[]> {
  const answers = await Promise.all(
    doors.map(async (place) => (await ask(await cloud(place))).map((instance) => ({ ...instance, place }))),
  );
  return answers.flat();
}
