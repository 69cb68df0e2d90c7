import type {
  ForecastTrend,
  GateTrend,
  HistorySummary,
  PhaseTrend,
  ScenarioTrend,
} from '../../contracts/history.ts';
import type { Verdict } from '../../contracts/runs.ts';
import { inColumns, type Cell, type Column } from '../console/columns.ts';
import { colourOf, type Paint } from '../console/look.ts';
import { cut } from '../console/text.ts';
import { showDuration } from '../times.ts';
import { showShare } from '../values.ts';

/** Rows of the lists below the scenarios. */
const MOST_ROWS = 10;
/** Of the second column; the first is cut as it has to be. */
const SCENARIO_WIDTH = 26;
/** Newest verdicts in a row. */
const SPARKS = 12;

/** A letter a verdict, as test runners have it: fit for every terminal, and for a log. */
const SPARK: Readonly<Record<Verdict, string>> = {
  passed: '.',
  failed: 'F',
  inconclusive: '?',
  'infra-error': 'E',
  cancelled: 'C',
};
const LEGEND = 'newest last: . passed  F failed  ? inconclusive  E infrastructure  C cancelled';

/** A summary for people, in at most 80 columns. */
export function historyLines(summary: HistorySummary, paint: Paint): string[] {
  const { scenarios, slowestPhases, flakyGates, forecasts, drills = 0 } = summary;
  const left = drills === 0 ? [] : [paint.dim(`${counted(drills, 'drill')} left out: runs with faults.`)];
  if (scenarios.length === 0) return ['No run in this span.', ...left];
  return [
    ...scenarioLines(scenarios, paint),
    paint.dim(LEGEND),
    ...left,
    ...section('slowest phases', phaseLines(slowestPhases, paint), slowestPhases.length, paint),
    ...section('flaky gates', gateLines(flakyGates, paint), flakyGates.length, paint),
    ...section('forecasts', forecastLines(forecasts, paint), forecasts.length, paint),
  ];
}

function section(title: string, lines: readonly string[], count: number, paint: Paint): string[] {
  if (count === 0) return ['', paint.dim(`${title}: none`)];
  const more = count - MOST_ROWS;
  const rest = more > 0 ? [paint.dim(`… ${String(more)} more: --json has all`)] : [];
  return ['', paint.bold(title), ...lines, ...rest];
}

const right = (head: string): Column => ({ head, side: 'right' });

function scenarioLines(trends: readonly ScenarioTrend[], paint: Paint): string[] {
  const columns = [
    { head: 'scenario' },
    right('runs'),
    right('passed'),
    right('median'),
    right('p95'),
    right('flake'),
    { head: 'last' },
  ];
  const rows = trends.map((trend) => [
    trend.scenario,
    String(trend.runs),
    showShare(trend.passedShare),
    duration(trend.medianDurationMs),
    duration(trend.p95DurationMs),
    score(trend.flakeScore, paint),
    sparks(trend, paint),
  ]);
  return inColumns(columns, rows, paint.bold);
}

function sparks({ points }: ScenarioTrend, paint: Paint): Cell {
  const newest = points.slice(-SPARKS).map(({ verdict }) => verdict);
  return {
    text: newest.map((verdict) => SPARK[verdict]).join(''),
    paint: () => newest.map((verdict) => colourOf(verdict, paint)(SPARK[verdict])).join(''),
  };
}

function phaseLines(trends: readonly PhaseTrend[], paint: Paint): string[] {
  const columns = [
    { head: 'phase' },
    { head: 'scenario' },
    right('median'),
    right('p95'),
    right('budget'),
    right('flake'),
  ];
  const rows = trends
    .slice(0, MOST_ROWS)
    .map((trend) => [
      trend.phase,
      cut(trend.scenario, SCENARIO_WIDTH),
      duration(trend.medianDurationMs),
      duration(trend.p95DurationMs),
      duration(trend.budgetMs),
      score(trend.flakeScore, paint),
    ]);
  return inColumns(columns, rows, paint.bold);
}

function gateLines(trends: readonly GateTrend[], paint: Paint): string[] {
  const columns = [
    { head: 'gate' },
    { head: 'scenario' },
    right('runs'),
    right('F'),
    right('?'),
    right('flake'),
  ];
  const rows = trends
    .slice(0, MOST_ROWS)
    .map((trend) => [
      `${trend.phase} ${trend.gate}`,
      cut(trend.scenario, SCENARIO_WIDTH),
      String(trend.runs),
      String(trend.failed),
      String(trend.inconclusive),
      score(trend.flakeScore, paint),
    ]);
  return inColumns(columns, rows, paint.bold);
}

function forecastLines(trends: readonly ForecastTrend[], paint: Paint): string[] {
  const columns = [
    { head: 'forecast' },
    { head: 'scenario' },
    right('runs'),
    right('error'),
    right('p5'),
    right('p95'),
    right('inside'),
  ];
  const signed = (share: number | null): string =>
    share === null ? '–' : showShare(share, { signed: true });
  const rows = trends
    .slice(0, MOST_ROWS)
    .map((trend) => [
      trend.what,
      cut(trend.scenario, SCENARIO_WIDTH),
      String(trend.compared),
      signed(trend.errorMedian),
      signed(trend.errorP5),
      signed(trend.errorP95),
      trend.withinInterval === null ? '–' : showShare(trend.withinInterval),
    ]);
  return inColumns(columns, rows, paint.bold);
}

function duration(ms: number | null): string {
  return ms === null ? '–' : showDuration(ms).replace('.0 s', ' s');
}

/** A dash where fewer than two runs can be compared. */
function score(value: number | null, paint: Paint): Cell {
  if (value === null) return { text: '–' };
  return { text: value.toFixed(2), ...(value > 0 ? { paint: paint.yellow } : {}) };
}

function counted(count: number, noun: string): string {
  return `${String(count)} ${noun}${count === 1 ? '' : 's'}`;
}
