import { distance } from 'fastest-levenshtein';

/** The known name that a mistyped one most likely means; undefined when none is near. */
export function nearestName(typed: string, known: readonly string[]): string | undefined {
  const ranked = known
    .map((name) => ({ name, edits: distance(typed, name) }))
    .sort((left, right) => left.edits - right.edits);
  const best = ranked[0];
  if (best === undefined) return undefined;
  // A third of the letters wrong is a slip of the hand; more is another word, unless it is the beginning of one.
  const limit = Math.max(2, Math.floor(best.name.length / 3));
  if (best.edits <= limit) return best.name;
  return typed.length >= 3 ? known.find((name) => name.startsWith(typed)) : undefined;
}
