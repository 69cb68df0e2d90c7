/** When one optimization changed its deployment. */
export interface Turn {
  readonly id: string;
  readonly deployment: string;
  readonly beganMs: number;
  readonly endedMs: number;
}

/**
 * For each two deployments the longest time in which both were changed; 0 where one waited for the other. Turns on one
 * deployment follow one another, so only the deployments as a whole need to overlap.
 */
export function overlapsOfDisjoint(turns: readonly Turn[]): readonly number[] {
  const byDeployment = [...Map.groupBy(turns, ({ deployment }) => deployment).values()];
  return byDeployment.flatMap((some, index) =>
    byDeployment
      .slice(index + 1)
      .map((others) => Math.max(0, ...some.flatMap((one) => others.map((other) => overlapOf(one, other))))),
  );
}

/** On each deployment, from the end of a turn to the beginning of the next; negative where two were at it at once. */
export function gapsOnShared(turns: readonly Turn[]): readonly number[] {
  return [...Map.groupBy(turns, ({ deployment }) => deployment).values()].flatMap((own) => {
    const inOrder = own.toSorted((left, right) => left.beganMs - right.beganMs);
    return inOrder
      .slice(1)
      .map(
        (turn, index) =>
          turn.beganMs - Math.max(...inOrder.slice(0, index + 1).map(({ endedMs }) => endedMs)),
      );
  });
}

function overlapOf(one: Turn, other: Turn): number {
  return Math.min(one.endedMs, other.endedMs) - Math.max(one.beganMs, other.beganMs);
}
