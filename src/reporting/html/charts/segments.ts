import type { Series } from '../../../contracts/runs.ts';

export type Point = Series['points'][number];

/** A gap this many times the usual distance between points is missing data, not a line. */
const GAP_FACTOR = 3;

/** Points in order of time, cut where samples are missing: nothing is drawn across a gap. */
export function segmentsOf(points: readonly Point[]): Point[][] {
  const finite = points.filter(({ value }) => Number.isFinite(value)).toSorted((a, b) => a.atMs - b.atMs);
  const longestMs = usualDistanceMs(finite) * GAP_FACTOR;
  const segments: Point[][] = [];
  for (const point of finite) {
    const segment = segments.at(-1);
    const before = segment?.at(-1);
    if (segment === undefined || before === undefined || point.atMs - before.atMs > longestMs) {
      segments.push([point]);
    } else {
      segment.push(point);
    }
  }
  return segments;
}

/** The median distance of neighbours; without any, every point stands alone. */
export function usualDistanceMs(points: readonly { readonly atMs: number }[]): number {
  const distances = points.slice(1).map((point, index) => point.atMs - (points[index]?.atMs ?? point.atMs));
  return distances.toSorted((a, b) => a - b)[Math.floor(distances.length / 2)] ?? 0;
}
