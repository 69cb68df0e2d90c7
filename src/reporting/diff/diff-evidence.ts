import type { EvidenceDiff } from '../../contracts/run-diff.ts';
import type { Evidence } from '../../contracts/runs.ts';
import { align } from './align.ts';

export function diffEvidence(a: readonly Evidence[], b: readonly Evidence[]): readonly EvidenceDiff[] {
  return align(a, b, ({ name }) => name).map(({ key, a: left, b: right }) => {
    const [one, other] = [left?.value ?? null, right?.value ?? null];
    const missing = left === null ? 'a' : right === null ? 'b' : null;
    return {
      name: key,
      unit: left?.unit ?? right?.unit ?? '',
      a: one,
      b: other,
      missing,
      same: missing === null && JSON.stringify(one) === JSON.stringify(other),
      change: relativeChange(numberOf(one), numberOf(other)),
    };
  });
}

/** (b − a) ÷ |a|; null when either is missing, or a is 0 and nothing can be said in relation to it. */
export function relativeChange(a: number | null, b: number | null): number | null {
  return a === null || b === null || a === 0 ? null : (b - a) / Math.abs(a);
}

function numberOf(value: Evidence['value']): number | null {
  return typeof value === 'number' ? value : null;
}
