/** Two lists side by side by key: the order of the first, what only the second has after what it follows there. */
export function align<T>(
  a: readonly T[],
  b: readonly T[],
  keyOf: (item: T) => string,
): readonly { readonly key: string; readonly a: T | null; readonly b: T | null }[] {
  const left = keyed(a, keyOf);
  const right = keyed(b, keyOf);
  const order = [...left.keys()];
  let after = -1;
  for (const key of right.keys()) {
    const known = order.indexOf(key);
    // What has moved in the second list keeps its place of the first.
    if (known >= 0) after = Math.max(after, known);
    else order.splice((after += 1), 0, key);
  }
  return order.map((key) => ({ key, a: left.get(key) ?? null, b: right.get(key) ?? null }));
}

/** A key that comes again is the second of its name: `phase-budget`, `phase-budget (2)`. */
function keyed<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, T> {
  const counts = new Map<string, number>();
  return new Map(
    items.map((item) => {
      const key = keyOf(item);
      const count = (counts.get(key) ?? 0) + 1;
      counts.set(key, count);
      return [count === 1 ? key : `${key} (${String(count)})`, item];
    }),
  );
}
