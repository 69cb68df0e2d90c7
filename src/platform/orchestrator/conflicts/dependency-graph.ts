/** Who waits for whom: from each recommendation to those that must have completed before it. */
export type DependencyGraph = ReadonlyMap<string, readonly string[]>;

/** A circle, first and last the same (`a → b → c → a`), or undefined. Any length, one that waits for itself included. */
export function findCycle(graph: DependencyGraph): readonly string[] | undefined {
  const cleared = new Set<string>();
  for (const start of [...graph.keys()].sort()) {
    const cycle = walk(graph, start, cleared);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}

interface Visit {
  readonly id: string;
  readonly open: string[];
}

/** Depth first without recursion: a chain of thousands does not exhaust the stack. */
function walk(graph: DependencyGraph, start: string, cleared: Set<string>): readonly string[] | undefined {
  const visit = (id: string): Visit => ({ id, open: [...(graph.get(id) ?? [])].sort().reverse() });
  const path: Visit[] = cleared.has(start) ? [] : [visit(start)];
  for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
    const next = top.open.pop();
    if (next === undefined) {
      cleared.add(top.id);
      path.pop();
      continue;
    }
    const at = path.findIndex(({ id }) => id === next);
    if (at >= 0) return [...path.slice(at).map(({ id }) => id), next];
    if (!cleared.has(next)) path.push(visit(next));
  }
  return undefined;
}

export function describeCycle(cycle: readonly string[]): string {
  return cycle.join(' → ');
}

/** Everything `id` waits for, however far. */
export function ancestorsOf(graph: DependencyGraph, id: string): ReadonlySet<string> {
  const found = new Set<string>();
  const open = [...(graph.get(id) ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (found.has(next)) continue;
    found.add(next);
    open.push(...(graph.get(next) ?? []));
  }
  return found;
}

/** The same ids, each after those it waits for, otherwise in the order given. The graph must hold no circle. */
export function inDependencyOrder(ids: readonly string[], graph: DependencyGraph): readonly string[] {
  const waitsFor = new Map(ids.map((id) => [id, ancestorsOf(graph, id)]));
  const ordered: string[] = [];
  const rest = [...ids];
  while (rest.length > 0) {
    const ready = rest.findIndex((id) => !rest.some((other) => waitsFor.get(id)?.has(other) === true));
    if (ready < 0) throw new Error(`the dependencies of ${rest.join(', ')} hold a circle`);
    ordered.push(...rest.splice(ready, 1));
  }
  return ordered;
}
