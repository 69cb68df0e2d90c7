import type { PhaseRecord, RunEvidenceFile, RunState, Series } from '../../contracts/runs.ts';
import { THRESHOLDS } from '../../contracts/thresholds.ts';
import { countPassed } from '../verdicts.ts';

/** What is computed from a run to be shown. Times are milliseconds, shares 0–1; null where nothing was observed. */
export interface RunFigures {
  readonly tookMs: number | null;
  /** The time line: its length, and what the frame of the scenario took before the first phase and after the last. */
  readonly axisMs: number;
  readonly preparingMs: number | null;
  readonly closingMs: number | null;
  readonly phaseCount: number;
  readonly phasesReached: number;
  readonly gateCount: number;
  readonly gatesPassed: number;
  readonly observationCount: number;
  readonly eventCount: number;
  /** In the order of the phases. */
  readonly phases: readonly PhaseFigures[];
  readonly headline: HeadlineFigures;
  /** What curves are held against. */
  readonly limits: {
    readonly qualityFloor: number;
    readonly errorRate: number;
    readonly latencyP95Ms: number | null;
  };
  /** In the order of `evidence.series`. */
  readonly curves: readonly CurveFigures[];
  /** First and last moment of any curve or step, in world time. */
  readonly worldFromMs: number | null;
  readonly worldToMs: number | null;
  /** In the order of `evidence.steps`. */
  readonly steps: readonly { readonly number: number; readonly durationMs: number }[];
  /** Numbers that are missing in the sequence of events. */
  readonly eventGaps: readonly {
    readonly before: number;
    readonly first: number;
    readonly last: number;
  }[];
}
export interface PhaseFigures {
  readonly gateCount: number;
  readonly gatesPassed: number;
  /** That of a person where one decides. */
  readonly budgetMs: number;
  readonly budgetShare: number | null;
}
export interface HeadlineFigures {
  readonly costBeforeUsdPerMonth: number | null;
  readonly costAfterUsdPerMonth: number | null;
  readonly costChange: number | null;
  readonly savingPredictedUsdPerMonth: number | null;
  readonly savingMeasuredUsdPerMonth: number | null;
  readonly savingError: number | null;
  readonly latencyP95BeforeMs: number | null;
  readonly latencyP95AfterMs: number | null;
  readonly qualityBefore: number | null;
  readonly qualityAfter: number | null;
}
export interface CurveFigures {
  readonly name: string;
  readonly points: number;
  /** Sum of the known sample sizes; null when none is known. */
  readonly samples: number | null;
  readonly first: number | null;
  readonly lowest: number | null;
  readonly highest: number | null;
  readonly last: number | null;
}

export function runFigures(run: RunState, evidence: RunEvidenceFile | null): RunFigures {
  const phases = run.phases.map((phase) => phaseFigures(run, phase));
  const sum = (of: (phase: PhaseFigures) => number): number =>
    phases.reduce((total, phase) => total + of(phase), 0);
  const [worldFromMs, worldToMs] = worldTimes(evidence);
  return {
    ...timeFigures(run),
    phaseCount: run.phases.length,
    phasesReached: run.phases.filter(({ status }) => status === 'finished' || status === 'running').length,
    gateCount: sum(({ gateCount }) => gateCount),
    gatesPassed: sum(({ gatesPassed }) => gatesPassed),
    observationCount: run.phases.reduce((total, phase) => total + phase.evidence.length, 0),
    eventCount: evidence?.events.length ?? 0,
    phases,
    headline: headlineFigures(run),
    limits: {
      qualityFloor: THRESHOLDS.qualityScore,
      errorRate: THRESHOLDS.errorRate,
      latencyP95Ms: evidenceNumber(run, 'slo.latency.p95'),
    },
    curves: (evidence?.series ?? []).map(curveFigures),
    worldFromMs,
    worldToMs,
    steps: (evidence?.steps ?? []).map(({ startedAtMs, finishedAtMs }, index) => ({
      number: index + 1,
      durationMs: finishedAtMs - startedAtMs,
    })),
    eventGaps: eventGaps(evidence),
  };
}

function timeFigures(run: RunState): Pick<RunFigures, 'tookMs' | 'axisMs' | 'preparingMs' | 'closingMs'> {
  const startMs = Date.parse(run.startedAt);
  const times = (key: 'startedAt' | 'finishedAt'): number[] =>
    run.phases.flatMap((phase) => (phase[key] === null ? [] : [Date.parse(phase[key])]));
  const [starts, ends] = [times('startedAt'), times('finishedAt')];
  // Preparation that broke ended with the phase that carries its error and never started.
  const readyMs = starts[0] ?? ends[0];
  const lastMs = Math.max(startMs, ...ends);
  const endMs = run.finishedAt === null ? null : Date.parse(run.finishedAt);
  return {
    tookMs: endMs === null ? null : endMs - startMs,
    axisMs: Math.max(1, Math.max(endMs ?? lastMs, ...starts) - startMs),
    preparingMs: readyMs === undefined ? null : readyMs - startMs,
    closingMs: endMs === null ? null : endMs - lastMs,
  };
}

function phaseFigures(run: RunState, phase: PhaseRecord): PhaseFigures {
  const budgetMs = run.input.approve === 'manual' ? (phase.manualBudgetMs ?? phase.budgetMs) : phase.budgetMs;
  return {
    gateCount: phase.gates.length,
    gatesPassed: countPassed(phase.gates),
    budgetMs,
    budgetShare: phase.durationMs === null ? null : phase.durationMs / budgetMs,
  };
}

function headlineFigures(run: RunState): HeadlineFigures {
  const seen = (name: string): number | null => evidenceNumber(run, name);
  const costBefore = seen('cost.monthly.platform');
  const costAfter = seen('cost.monthly.after.platform');
  const predicted = seen('recommendation.savings');
  const measured = seen('savings.measured');
  return {
    costBeforeUsdPerMonth: costBefore,
    costAfterUsdPerMonth: costAfter,
    costChange: changeOf(costBefore, costAfter),
    savingPredictedUsdPerMonth: predicted,
    savingMeasuredUsdPerMonth: measured,
    savingError: changeOf(predicted, measured),
    latencyP95BeforeMs: seen('baseline.latency.p95'),
    latencyP95AfterMs: seen('after.latency.p95'),
    qualityBefore: seen('baseline.quality'),
    qualityAfter: seen('after.quality'),
  };
}

function changeOf(from: number | null, to: number | null): number | null {
  return from === null || to === null || from === 0 ? null : (to - from) / from;
}

function curveFigures({ name, points }: Series): CurveFigures {
  const finite = points.filter(({ value }) => Number.isFinite(value));
  const values = finite.map(({ value }) => value);
  const sizes = finite.flatMap(({ sampleSize }) => (sampleSize === null ? [] : [sampleSize]));
  const some = values.length > 0;
  return {
    name,
    points: finite.length,
    samples: sizes.length === 0 ? null : sizes.reduce((sum, size) => sum + size, 0),
    first: values[0] ?? null,
    lowest: some ? Math.min(...values) : null,
    highest: some ? Math.max(...values) : null,
    last: values.at(-1) ?? null,
  };
}

function worldTimes(evidence: RunEvidenceFile | null): readonly [number | null, number | null] {
  const points = (evidence?.series ?? []).flatMap((series) => series.points.map(({ atMs }) => atMs));
  if (points.length === 0) return [null, null];
  const steps = (evidence?.steps ?? []).flatMap((step) => [step.startedAtMs, step.finishedAtMs]);
  return [Math.min(...points, ...steps), Math.max(...points, ...steps)];
}

function eventGaps(evidence: RunEvidenceFile | null): RunFigures['eventGaps'] {
  const sequences = (evidence?.events ?? []).map(({ sequence }) => sequence).toSorted((a, b) => a - b);
  return sequences.flatMap((before, index) => {
    const next = sequences[index + 1];
    return next === undefined || next <= before + 1 ? [] : [{ before, first: before + 1, last: next - 1 }];
  });
}

/** The number a run recorded under this name; null when it did not. */
function evidenceNumber(run: RunState, name: string): number | null {
  const value = run.phases.flatMap(({ evidence }) => evidence).find((each) => each.name === name)?.value;
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
