import type { InstanceView, Preferences } from '../../../../contracts/api/customers.ts';
import { isProtected } from '../never-touch.ts';

/** On-demand nodes of a deployment, split by what may be done with them. */
export interface Replaceable {
  /** May go, in the order in which they would. */
  readonly replaceable: readonly InstanceView[];
  /** Stay: the customer's never-touch tags hold them, or nobody asked to replace them. */
  readonly protected: readonly InstanceView[];
  /** Most nodes that may leave on demand without going under the minimum on-demand share. */
  readonly limit: number;
}

export function splitOnDemand(
  instances: readonly InstanceView[],
  preferences: Preferences,
  mayGo: (instance: InstanceView) => boolean = () => true,
): Replaceable {
  const onDemand = instances
    .filter(({ lifecycle }) => lifecycle === 'on_demand')
    .toSorted((left, right) => left.instance_id.localeCompare(right.instance_id));
  const held = onDemand.filter(
    (instance) => isProtected(instance, preferences.never_touch_tags) || !mayGo(instance),
  );
  const replaceable = onDemand.filter((instance) => !held.includes(instance));
  // A hair of tolerance: 0.1 × 30 nodes is 3 nodes, not 4.
  const mustStay = Math.ceil(preferences.minimum_on_demand_share * instances.length - 1e-9);
  const limit = Math.max(0, Math.min(replaceable.length, onDemand.length - mustStay));
  return { replaceable, protected: held, limit };
}
