import type { StateSnapshot } from '../src/contracts/activities.ts';

type Node = StateSnapshot['nodes'][number];

/** Each difference in words; empty when everything that served before serves again, alike, and nothing else does. */
export function differencesOf(before: StateSnapshot, after: StateSnapshot): string[] {
  const now = new Map(after.nodes.map((node) => [node.instanceId, node]));
  const shares = { before: sharesOf(before.nodes), after: sharesOf(after.nodes) };
  const changed = before.nodes.flatMap((node) => {
    const same = now.get(node.instanceId);
    if (same === undefined) return [`${node.instanceId} is gone`];
    return [
      ...configurationDifferences(node, same),
      ...shareDifference(node.instanceId, shares.before, shares.after),
    ];
  });
  const known = new Set(before.nodes.map(({ instanceId }) => instanceId));
  const extra = after.nodes
    .filter(({ instanceId }) => !known.has(instanceId))
    .map(({ instanceId, lifecycle }) => `${instanceId} (${lifecycle}) serves, and did not before`);
  return [...changed, ...extra, ...inventoryDifferences(before, after)];
}

/** Weights matter as shares of their deployment's traffic: the platform may scale them as it likes. */
function sharesOf(nodes: readonly Node[]): ReadonlyMap<string, number> {
  const totals = new Map<string, number>();
  for (const { deployment, weight } of nodes) totals.set(deployment, (totals.get(deployment) ?? 0) + weight);
  return new Map(
    nodes.map(({ instanceId, deployment, weight }) => {
      const total = totals.get(deployment) ?? 0;
      return [instanceId, total === 0 ? 0 : weight / total];
    }),
  );
}

const SHARE_TOLERANCE = 0.001;

function shareDifference(
  id: string,
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): string[] {
  const [was, is] = [before.get(id) ?? 0, after.get(id) ?? 0];
  return Math.abs(was - is) <= SHARE_TOLERANCE
    ? []
    : [`${id} gets ${is.toFixed(3)} of the traffic, not ${was.toFixed(3)}`];
}

function configurationDifferences(before: Node, after: Node): string[] {
  const names = Object.keys(before.engineConfiguration) as (keyof Node['engineConfiguration'])[];
  return names
    .filter((name) => before.engineConfiguration[name] !== after.engineConfiguration[name])
    .map(
      (name) =>
        `${before.instanceId}: ${name} is ${String(after.engineConfiguration[name])}, not ${String(before.engineConfiguration[name])}`,
    );
}

function inventoryDifferences(before: StateSnapshot, after: StateSnapshot): string[] {
  const had = new Set(before.runningInstanceIds);
  const has = new Set(after.runningInstanceIds);
  return [
    ...[...had].filter((id) => !has.has(id)).map((id) => `the cloud no longer runs ${id}`),
    ...[...has].filter((id) => !had.has(id)).map((id) => `the cloud runs ${id}, and did not before`),
  ];
}
