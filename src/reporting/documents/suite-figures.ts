import type { PhaseRecord, RunState } from '../../contracts/runs.ts';
import type { RunSummary, SuiteItem, SuiteState } from '../../contracts/suites.ts';
import { forecastEntries, type ForecastEntry } from '../forecast-ledger.ts';
import { countItems, decidingRun, itemReason, type ItemState } from '../suite-outcomes.ts';

/** What is computed from a suite to be shown. Times are milliseconds, shares 0–1; null where nothing ended. */
export interface SuiteFigures {
  readonly tookMs: number | null;
  readonly itemCount: number;
  /** Items by how they stand; every state is there. */
  readonly outcomes: Readonly<Record<ItemState, number>>;
  /** Items that ended otherwise than passed or flaky. */
  readonly redCount: number;
  /** Tries that ended, and how many of their records are here. */
  readonly tryCount: number;
  readonly recordedRuns: number;
  /** Of the runs that decided. */
  readonly gateCount: number;
  readonly gatesPassed: number;
  /** Length of the time line, which begins with the suite. */
  readonly axisMs: number;
  readonly mostAtOnce: number;
  /** How many runs were under way from this moment on, in order of time. */
  readonly concurrency: readonly { readonly atMs: number; readonly runs: number }[];
  /** In the order of `suite.items`. */
  readonly items: readonly ItemFigures[];
  /** Of the recorded runs, slowest first. */
  readonly slowestPhases: readonly SlowPhase[];
  /** Every forecast of the recorded runs and what came of it. */
  readonly forecasts: readonly (ForecastEntry & { readonly runId: string })[];
}
export interface ItemFigures {
  /** Of the run that decided. */
  readonly tookMs: number | null;
  readonly tryCount: number;
  /** Why it is as it is, in one line; null when it passed at once or has not ended. */
  readonly reason: string | null;
  /** Milliseconds after the start of the suite, in the order of `runs`. */
  readonly tries: readonly { readonly fromMs: number; readonly toMs: number }[];
}
export interface SlowPhase {
  readonly runId: string;
  readonly scenario: string;
  readonly phase: string;
  readonly durationMs: number;
  readonly budgetMs: number;
  readonly budgetShare: number;
}

const SLOWEST_SHOWN = 10;

export function suiteFigures(suite: SuiteState, runs: readonly RunState[]): SuiteFigures {
  const outcomes = countItems(suite);
  const tries = suite.items.flatMap((item) => item.runs);
  const deciding = suite.items.flatMap((item) => decidingRun(item) ?? []);
  const startMs = Date.parse(suite.startedAt);
  const endMs = suite.finishedAt === null ? null : Date.parse(suite.finishedAt);
  const concurrency = concurrencyOf(suite, tries);
  const sum = (of: (run: RunSummary) => number): number =>
    deciding.reduce((total, run) => total + of(run), 0);
  return {
    tookMs: endMs === null ? null : endMs - startMs,
    itemCount: suite.items.length,
    outcomes,
    redCount:
      outcomes.failed +
      outcomes.inconclusive +
      outcomes['infra-error'] +
      outcomes.cancelled +
      outcomes.blocked,
    tryCount: tries.length,
    recordedRuns: runs.length,
    gateCount: sum(({ gates }) => gates),
    gatesPassed: sum(({ gatesPassed }) => gatesPassed),
    axisMs: Math.max(
      1,
      ...tries.map(({ finishedAt }) => Date.parse(finishedAt) - startMs),
      (endMs ?? startMs) - startMs,
    ),
    mostAtOnce: Math.max(0, ...concurrency.map((each) => each.runs)),
    concurrency,
    items: suite.items.map((item) => itemFigures(item, startMs)),
    slowestPhases: runs
      .flatMap(slowPhases)
      .toSorted((left, right) => right.durationMs - left.durationMs)
      .slice(0, SLOWEST_SHOWN),
    forecasts: runs.flatMap((run) => forecastEntries(run).map((entry) => ({ ...entry, runId: run.runId }))),
  };
}

function itemFigures(item: SuiteItem, startMs: number): ItemFigures {
  const tries = item.runs.map(({ startedAt, finishedAt }) => ({
    fromMs: Date.parse(startedAt) - startMs,
    toMs: Date.parse(finishedAt) - startMs,
  }));
  const last = tries.at(-1);
  return {
    tookMs: last === undefined ? null : last.toMs - last.fromMs,
    tryCount: tries.length,
    reason: itemReason(item),
    tries,
  };
}

/** Changes of the number of runs under way, from 0 at the start of the suite; ends count before starts. */
function concurrencyOf(suite: SuiteState, tries: readonly RunSummary[]): SuiteFigures['concurrency'] {
  const changes = new Map<number, number>([[Date.parse(suite.startedAt), 0]]);
  const add = (at: string, change: number): void => {
    const atMs = Date.parse(at);
    changes.set(atMs, (changes.get(atMs) ?? 0) + change);
  };
  for (const { startedAt, finishedAt } of tries) {
    add(startedAt, 1);
    add(finishedAt, -1);
  }
  let runs = 0;
  return [...changes]
    .toSorted(([left], [right]) => left - right)
    .map(([atMs, change]) => {
      runs += change;
      return { atMs, runs };
    });
}

function slowPhases({ runId, scenario, input, phases }: RunState): SlowPhase[] {
  return phases.flatMap((phase): SlowPhase[] => {
    if (phase.durationMs === null) return [];
    const budgetMs = budgetOf(phase, input.approve);
    return [
      {
        runId,
        scenario,
        phase: phase.name,
        durationMs: phase.durationMs,
        budgetMs,
        budgetShare: phase.durationMs / budgetMs,
      },
    ];
  });
}

/** A phase in which a person decides has a budget of its own. */
function budgetOf({ budgetMs, manualBudgetMs }: PhaseRecord, approve: RunState['input']['approve']): number {
  return approve === 'manual' ? (manualBudgetMs ?? budgetMs) : budgetMs;
}
