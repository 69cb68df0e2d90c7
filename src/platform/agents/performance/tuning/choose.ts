import type { TuningCandidate } from './candidates.ts';

/** A published loss up to this is taken without need; more of it only where the promise cannot be kept otherwise. */
const NEGLIGIBLE_QUALITY_RATIO = 0.99;
/** Worth a rollout where nothing is broken. */
const WORTHWHILE_SHARE = 0.2;
/** Forecasts this near to one another are the same; the simpler change is taken. */
const SAME_SHARE = 0.005;

/** The fastest configuration of those that cost no quality to speak of, or null when none helps. */
export function chooseTuning(
  candidates: readonly TuningCandidate[],
  promiseMissed: boolean,
): TuningCandidate | null {
  const helpful = candidates.filter((candidate) => helps(candidate, promiseMissed));
  const gentle = helpful.filter(isGentle);
  const keeping = (from: readonly TuningCandidate[]): readonly TuningCandidate[] =>
    from.filter(({ brokenPromises }) => brokenPromises.length === 0);
  return (
    fastest(keeping(gentle)) ??
    (promiseMissed ? fastest(leastLoss(keeping(helpful))) : null) ??
    fastest(worthwhile(gentle)) ??
    null
  );
}

/** Costs no quality to speak of. */
export function isGentle({ qualityRatio }: TuningCandidate): boolean {
  return qualityRatio >= NEGLIGIBLE_QUALITY_RATIO;
}

export function gainShare({ forecast: { now, after } }: TuningCandidate): number {
  return now.stable ? 1 - after.latencyMsP95 / now.latencyMsP95 : 0;
}

function helps(candidate: TuningCandidate, promiseMissed: boolean): boolean {
  const gain = gainShare(candidate);
  return promiseMissed ? gain > 0 : gain >= WORTHWHILE_SHARE;
}

function worthwhile(candidates: readonly TuningCandidate[]): readonly TuningCandidate[] {
  return candidates.filter((candidate) => gainShare(candidate) >= WORTHWHILE_SHARE);
}

function leastLoss(candidates: readonly TuningCandidate[]): readonly TuningCandidate[] {
  const best = Math.max(...candidates.map(({ qualityRatio }) => qualityRatio));
  return candidates.filter(({ qualityRatio }) => qualityRatio === best);
}

function fastest(candidates: readonly TuningCandidate[]): TuningCandidate | null {
  const least = Math.min(...candidates.map(({ forecast }) => forecast.after.latencyMsP95));
  const [simplest] = candidates
    .filter(({ forecast }) => forecast.after.latencyMsP95 <= least * (1 + SAME_SHARE))
    .toSorted(
      (left, right) =>
        left.changes - right.changes || left.forecast.after.latencyMsP95 - right.forecast.after.latencyMsP95,
    );
  return simplest ?? null;
}
