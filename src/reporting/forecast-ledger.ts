import { quantileSorted } from 'simple-statistics';

import type { Evidence, RunState } from '../contracts/runs.ts';

/** One prediction of one run beside what came of it. Units are those of the evidence. */
export interface ForecastEntry {
  readonly scenario: string;
  /** What was predicted: `savings`, `latency-p95`, … */
  readonly what: string;
  readonly unit: string;
  readonly seed: number;
  readonly predicted: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly measured: number | null;
  /** (measured − predicted) ÷ |predicted|, signed; null when either is missing. */
  readonly error: number | null;
}

/** How well one thing was predicted over many runs. Shares are 0–1; null where no run had both numbers. */
export interface ForecastSummary {
  readonly scenario: string;
  readonly what: string;
  readonly unit: string;
  /** Predictions made, and how many of them could be compared with a measurement. */
  readonly predictions: number;
  readonly compared: number;
  readonly errorMedian: number | null;
  readonly errorP5: number | null;
  readonly errorP95: number | null;
  /** The largest error by size, with its sign. */
  readonly errorWorst: number | null;
  /** Of the compared ones: within the predicted interval, and within the tolerance asked for. */
  readonly withinInterval: number | null;
  readonly withinTolerance: number | null;
}

const NAME = /^forecast\.(?<what>.+)\.(?<part>predicted|low|high|measured|error)$/;

/** The ledger of a run: a row for each thing that was predicted in it, measured or not. */
export function forecastEntries(run: RunState): readonly ForecastEntry[] {
  const parts = new Map<string, Map<string, Evidence>>();
  for (const evidence of run.phases.flatMap((phase) => phase.evidence)) {
    const { what, part } = NAME.exec(evidence.name)?.groups ?? {};
    if (what === undefined || part === undefined) continue;
    const known = parts.get(what) ?? new Map<string, Evidence>();
    parts.set(what, known.set(part, evidence));
  }
  return [...parts].map(([what, evidence]) => {
    const value = (part: string): number | null => numberOf(evidence.get(part)?.value);
    return {
      scenario: run.scenario,
      what,
      unit: evidence.get('predicted')?.unit ?? '',
      seed: run.input.seed,
      predicted: value('predicted'),
      low: value('low'),
      high: value('high'),
      measured: value('measured'),
      error: value('error'),
    };
  });
}

/** One summary for each scenario and thing, in order of name. */
export function summariseForecasts(
  entries: readonly ForecastEntry[],
  toleranceShare: number,
): readonly ForecastSummary[] {
  const groups = Map.groupBy(entries, ({ scenario, what }) => `${scenario}\n${what}`);
  return [...groups]
    .toSorted(([left], [right]) => left.localeCompare(right))
    .flatMap(([, group]) => {
      const [first] = group;
      return first === undefined ? [] : [summaryOf(first, group, toleranceShare)];
    });
}

function summaryOf(
  { scenario, what, unit }: ForecastEntry,
  group: readonly ForecastEntry[],
  toleranceShare: number,
): ForecastSummary {
  const errors = group.flatMap(({ error }) => (error === null ? [] : [error])).toSorted((a, b) => a - b);
  const compared = errors.length;
  const quantile = (share: number): number | null => (compared === 0 ? null : quantileSorted(errors, share));
  const shareOf = (count: number): number | null => (compared === 0 ? null : count / compared);
  return {
    scenario,
    what,
    unit,
    predictions: group.filter(({ predicted }) => predicted !== null).length,
    compared,
    errorMedian: quantile(0.5),
    errorP5: quantile(0.05),
    errorP95: quantile(0.95),
    errorWorst: errors.toSorted((a, b) => Math.abs(b) - Math.abs(a))[0] ?? null,
    withinInterval: shareOf(group.filter(isWithinInterval).length),
    withinTolerance: shareOf(errors.filter((error) => Math.abs(error) <= toleranceShare).length),
  };
}

function isWithinInterval({ low, high, measured, error }: ForecastEntry): boolean {
  if (error === null || low === null || high === null || measured === null) return false;
  return low <= measured && measured <= high;
}

function numberOf(value: Evidence['value'] | undefined): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
