import { equalTypes } from '../engine/accelerators.ts';
import type { DeploymentObservation } from './observe-deployment.ts';

export type CommonPlace =
  | {
      readonly ok: true;
      readonly instanceType: string;
      readonly provider: DeploymentObservation['instances'][number]['provider'];
      readonly region: string;
    }
  | { readonly ok: false; readonly reason: string };

/** Where all nodes of a deployment run and what they are; a mixed fleet has no common forecast. */
export function commonPlaceOf({
  deployment,
  instances,
}: Pick<DeploymentObservation, 'deployment' | 'instances'>): CommonPlace {
  const different = (what: string, values: ReadonlySet<string>): CommonPlace => ({
    ok: false,
    reason: `${deployment.name}: nodes of different ${what} (${[...values].join(', ')}) have no common latency forecast`,
  });
  const types = new Set(instances.map(({ instance_type }) => instance_type));
  const places = new Set(instances.map(({ provider, region }) => `${provider} ${region}`));
  const [first] = instances;
  if (first === undefined) return { ok: false, reason: `no instance of ${deployment.name} is serving` };
  if (types.size > 1) return different('types', types);
  if (places.size > 1) return different('places', places);
  return { ok: true, instanceType: first.instance_type, provider: first.provider, region: first.region };
}

/** The type whose forecast holds for every node, wherever it runs; null where their GPUs differ. */
export function commonTypeOf({ instances }: Pick<DeploymentObservation, 'instances'>): string | null {
  const [first] = instances;
  if (first === undefined) return null;
  const equal = equalTypes(first.instance_type);
  return instances.every(({ instance_type }) => equal.includes(instance_type)) ? first.instance_type : null;
}
