import type { EvidenceValue, RunState, Series } from '../../../contracts/runs.ts';
import { THRESHOLDS } from '../../../contracts/thresholds.ts';
import { showNumber, showShare, showUsd } from '../../values.ts';
import type { Range } from '../charts/frame.ts';
import type { LineChart, ReferenceLine } from '../charts/line-chart.ts';

/** One line chart of the page: which curves, on which scale, against which lines. */
export type LinePlan = Pick<
  LineChart,
  'series' | 'looks' | 'references' | 'values' | 'shape' | 'showValue' | 'showTick'
> & {
  readonly title: string;
  readonly subtitle: string;
};

export const TRAFFIC_PREFIX = 'Traffic share ';

/** The line charts of a run; a curve that no chart knows gets one of its own, so that none is lost. */
export function planLineCharts(all: readonly Series[], run: RunState): LinePlan[] {
  const named = (...prefixes: readonly string[]): Series[] =>
    all.filter(({ name }) => prefixes.some((prefix) => name.startsWith(prefix)));
  const known = [
    latencyPlan(named('Latency'), run),
    costPlan(named('Monthly cost'), run),
    qualityPlan(named('Quality')),
    errorPlan(named('Error rate')),
  ];
  const others = all.filter(
    (series) =>
      !series.name.startsWith(TRAFFIC_PREFIX) && !known.some((plan) => plan.series.includes(series)),
  );
  return [...known, ...others.map(otherPlan)];
}

function latencyPlan(series: readonly Series[], run: RunState): LinePlan {
  const objective = evidenceNumber(run, 'slo.latency.p95');
  const before = evidenceNumber(run, 'baseline.latency.p95');
  const references: ReferenceLine[] =
    objective !== null
      ? [{ label: `promised P95 ${showNumber(objective)} ms`, value: objective }]
      : before !== null
        ? [{ label: `P95 before ${showNumber(before)} ms`, value: before }]
        : [];
  return {
    title: 'Latency',
    subtitle: 'milliseconds from request to last token',
    series,
    looks: [1, 0, 2],
    references,
    values: fromZero(series, references),
    shape: 'line',
    showValue: (value) => `${showNumber(value)} ms`,
    showTick: showNumber,
  };
}

function costPlan(series: readonly Series[], run: RunState): LinePlan {
  const before = evidenceNumber(run, 'cost.monthly.platform');
  const references = before === null ? [] : [{ label: `before ${showUsd(before)}`, value: before }];
  return {
    title: 'Monthly cost',
    subtitle: 'US dollars a month at the rate of the moment; both fleets are paid while they overlap',
    series,
    looks: [0],
    references,
    values: fromZero(series, references),
    shape: 'stairs',
    showValue: showUsd,
    showTick: (value) => `$${showNumber(value / 1000)}k`,
  };
}

function qualityPlan(series: readonly Series[]): LinePlan {
  const floor = THRESHOLDS.qualityScore;
  const lowest = Math.min(floor, ...valuesOf(series));
  return {
    title: 'Quality',
    subtitle: 'mean score of sampled answers, 0 to 1; the axis does not begin at zero',
    series,
    looks: [0],
    references: [{ label: `floor ${showNumber(floor)}`, value: floor }],
    values: [Math.max(0, lowest - 0.02), Math.min(1, Math.max(floor, ...valuesOf(series)) + 0.02)],
    shape: 'line',
    showValue: showNumber,
    showTick: (value) => value.toFixed(2),
  };
}

function errorPlan(series: readonly Series[]): LinePlan {
  const limit = THRESHOLDS.errorRate;
  const references = [{ label: `limit ${showShare(limit)}`, value: limit }];
  return {
    title: 'Error rate',
    subtitle: 'share of requests that failed',
    series,
    looks: [0],
    references,
    values: fromZero(series, references),
    shape: 'line',
    showValue: (value) => showShare(value),
    showTick: (value) => showShare(value),
  };
}

function otherPlan(series: Series): LinePlan {
  const show = (value: number): string => showNumber(value);
  return {
    title: series.name,
    subtitle: series.unit,
    series: [series],
    looks: [0],
    references: [],
    values: fromZero([series], []),
    shape: 'line',
    showValue: show,
    showTick: show,
  };
}

const HEADROOM = 1.08;

/** An axis from zero (or the lowest value below it) to a little above everything drawn. */
function fromZero(series: readonly Series[], references: readonly ReferenceLine[]): Range {
  const values = [...valuesOf(series), ...references.map(({ value }) => value)];
  const highest = Math.max(0, ...values);
  return [Math.min(0, ...values), highest === 0 ? 1 : highest * HEADROOM];
}

function valuesOf(series: readonly Series[]): number[] {
  return series.flatMap(({ points }) => points.map(({ value }) => value)).filter(Number.isFinite);
}

/** The number a run recorded under this name; null when it did not. */
export function evidenceNumber(run: RunState, name: string): number | null {
  const value: EvidenceValue | undefined = run.phases
    .flatMap(({ evidence }) => evidence)
    .find((each) => each.name === name)?.value;
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
