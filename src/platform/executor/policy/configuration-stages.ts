import { share, type Stage } from './weights.ts';

export interface ConfigurationStages {
  /** Nodes each of the three steps changes, in order. */
  readonly batches: readonly [readonly string[], readonly string[], readonly string[]];
  readonly canary: Stage;
  readonly half: Stage;
  /** Every node is changed: nothing of the same time is left to compare with. */
  readonly all: Stage;
}

/**
 * One node first, then half of those to change, then all. Every node keeps the same share: a changed node and its control
 * carry equal load, and no other node carries more than before.
 */
export function configurationStages(
  targetIds: readonly string[],
  memberIds: readonly string[],
): ConfigurationStages {
  const [first] = targetIds;
  if (first === undefined) throw new RangeError('a configuration change needs a node to change');
  if (memberIds.length < 2) throw new RangeError('the only node cannot be restarted without an outage');
  const half = Math.max(1, Math.ceil(targetIds.length / 2));
  const stage = (changed: readonly string[]): Stage => {
    const unchanged = memberIds.filter((id) => !changed.includes(id));
    const size = Math.min(changed.length, unchanged.length);
    return {
      weights: share(memberIds, 100),
      canaryIds: size === 0 ? changed : changed.slice(0, size),
      controlIds: unchanged.slice(0, size),
    };
  };
  return {
    batches: [[first], targetIds.slice(1, half), targetIds.slice(half).filter((id) => id !== first)],
    canary: stage([first]),
    half: stage(targetIds.slice(0, half)),
    all: stage(targetIds),
  };
}
