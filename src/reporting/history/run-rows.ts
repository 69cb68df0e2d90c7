import type { AttemptRecord } from '../../contracts/attempts.ts';
import type { RunState } from '../../contracts/runs.ts';
import { typicalDurations } from '../estimate.ts';
import { faultText } from '../fault-position.ts';
import { forecastEntries } from '../forecast-ledger.ts';
import { settingsInForce } from '../settings-in-force.ts';
import type { FinishedRun } from './record-check.ts';

/** A row of `run_records`, as it is inserted. */
export type RunRow = ReturnType<typeof fullRow> | NonNullable<ReturnType<typeof bareRow>>;

/**
 * The rows of a finished run: the attempt whose record it is with all that it saw, and what the record tells of the
 * attempts before it.
 */
export function rowsOf(run: FinishedRun, timeScale: number | null): RunRow[] {
  const earlier = (run.attempts ?? []).filter(({ attempt }) => attempt < run.attempt);
  return [...earlier.flatMap((each) => bareRow(run, each, timeScale) ?? []), fullRow(run, timeScale)];
}

/** The attempt whose record this is. A re-run keeps the start of the run; its own is in the list of attempts. */
function fullRow(run: FinishedRun, timeScale: number | null) {
  const own = run.attempts?.find(({ attempt }) => attempt === run.attempt);
  const durations = run.attempt === 1 ? typicalDurations(run) : null;
  return {
    ...commonOf(run, run.attempt, timeScale),
    ...spanOf(own?.startedAt ?? run.startedAt, run.finishedAt),
    detail: 1,
    attempt: run.attempt,
    verdict: run.verdict,
    red_phase: run.phases.find(({ verdict }) => verdict !== 'passed')?.name ?? null,
    cleanup: run.cleanup,
    errors: run.errors ?? [],
    typical: durations !== null,
    preparing_ms: durations?.preparingMs ?? null,
    closing_ms: durations?.closingMs ?? null,
    phases: run.phases.map((phase) => ({
      number: phase.number,
      name: phase.name,
      verdict: phase.verdict,
      budget_ms: phase.budgetMs,
      started_at: phase.startedAt,
      duration_ms: phase.durationMs,
      error: phase.error,
    })),
    gates: gatesOf(run),
    forecasts: forecastEntries(run).map(({ what, unit, predicted, low, high, measured, error }) => {
      return { what, unit, predicted, low, high, measured, error };
    }),
  };
}

function gatesOf(run: RunState) {
  return run.phases.flatMap(({ name, gates }) =>
    gates.map((each) => ({
      phase: name,
      gate: each.gate,
      verdict: each.verdict,
      expected: each.expected,
      observed: each.observed,
      unit: each.unit,
      source: each.source,
      sample_size: each.sampleSize,
      reason: each.reason,
    })),
  );
}

/** Null for one that never ended. */
function bareRow(run: FinishedRun, record: AttemptRecord, timeScale: number | null) {
  if (record.finishedAt === null || record.verdict === null) return null;
  return {
    ...commonOf(run, record.attempt, timeScale),
    ...spanOf(record.startedAt, record.finishedAt),
    detail: 0,
    attempt: record.attempt,
    verdict: record.verdict,
    red_phase: record.redPhase,
    cleanup: run.cleanup,
    errors: [],
    typical: false,
    preparing_ms: null,
    closing_ms: null,
    phases: [],
    gates: [],
    forecasts: [],
  };
}

function spanOf(startedAt: string, finishedAt: string) {
  return {
    started_at: startedAt,
    finished_at: finishedAt,
    duration_ms: Date.parse(finishedAt) - Date.parse(startedAt),
  };
}

function commonOf(run: FinishedRun, attempt: number, timeScale: number | null) {
  const settings = settingsInForce(run, attempt);
  const { input } = run;
  return {
    run_id: run.runId,
    scenario: run.scenario,
    git_revision: input.gitRevision,
    seed: input.seed,
    suite_id: input.suiteId ?? null,
    time_scale: timeScale,
    drill: input.faults.length > 0,
    faults: input.faults.map(faultText),
    settings,
    conditions: attempt === 1 ? conditionsOf(run, settings, timeScale) : '',
  };
}

/**
 * What has to be equal for two verdicts to be comparable. Empty when there is nothing to compare: a drill, a run that
 * a person stopped, a later attempt, or code that no revision names (`unknown`, or with uncommitted changes, which two
 * runs need not share).
 */
function conditionsOf(
  { input, verdict }: RunState,
  settings: Readonly<Record<string, string>>,
  timeScale: number | null,
): string {
  const { approve, prices, preset, gitRevision, faults } = input;
  const isNamed = gitRevision !== 'unknown' && !gitRevision.endsWith('+');
  if (faults.length > 0 || verdict === 'cancelled' || !isNamed) return '';
  const chosen = Object.entries(settings).toSorted(([left], [right]) => left.localeCompare(right));
  return JSON.stringify([gitRevision, timeScale, approve, prices, preset, chosen]);
}
