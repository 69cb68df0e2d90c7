import type { Series } from '../../../contracts/runs.ts';
import { known } from '../../documents/cursor.ts';
import { showNumber, showShare } from '../../values.ts';
import type { Range } from '../charts/frame.ts';
import type { LineChart, ReferenceLine } from '../charts/line-chart.ts';
import { pictureFigure } from '../figure.ts';
import { markup } from '../markup.ts';
import type { RunPage } from '../run-page.ts';

/** One line chart of the page: which curves, on which scale, against which lines. */
export type LinePlan = Pick<
  LineChart,
  'series' | 'looks' | 'references' | 'values' | 'shape' | 'format' | 'showTick'
> & {
  readonly title: string;
  readonly subtitle: string;
};

export const TRAFFIC_PREFIX = 'Traffic share ';

/** The line charts of a run; a curve that no chart knows gets one of its own, so that none is lost. */
export function planLineCharts(all: readonly Series[], page: RunPage): LinePlan[] {
  const named = (...prefixes: readonly string[]): Series[] =>
    all.filter(({ name }) => prefixes.some((prefix) => name.startsWith(prefix)));
  const known = [
    latencyPlan(named('Latency'), page),
    costPlan(named('Monthly cost'), page),
    qualityPlan(named('Quality'), page),
    errorPlan(named('Error rate'), page),
  ];
  const others = all.filter(
    (series) =>
      !series.name.startsWith(TRAFFIC_PREFIX) && !known.some((plan) => plan.series.includes(series)),
  );
  return [...known, ...others.map(otherPlan)];
}

function latencyPlan(series: readonly Series[], page: RunPage): LinePlan {
  const figures = page.at('figures');
  const promised = known(figures.at('limits').at('latencyP95Ms'));
  const before = known(figures.at('headline').at('latencyP95BeforeMs'));
  const references: ReferenceLine[] =
    promised !== null
      ? [{ label: markup`promised P95 ${pictureFigure(promised, 'ms')}`, value: promised.value }]
      : before !== null
        ? [{ label: markup`P95 before ${pictureFigure(before, 'ms')}`, value: before.value }]
        : [];
  return {
    title: 'Latency',
    subtitle: 'milliseconds from request to last token',
    series,
    looks: [1, 0, 2],
    references,
    values: fromZero(series, references),
    shape: 'line',
    format: 'ms',
    showTick: showNumber,
  };
}

function costPlan(series: readonly Series[], page: RunPage): LinePlan {
  const before = known(page.at('figures').at('headline').at('costBeforeUsdPerMonth'));
  const references =
    before === null ? [] : [{ label: markup`before ${pictureFigure(before, 'usd')}`, value: before.value }];
  return {
    title: 'Monthly cost',
    subtitle: 'US dollars a month at the rate of the moment; both fleets are paid while they overlap',
    series,
    looks: [0],
    references,
    values: fromZero(series, references),
    shape: 'stairs',
    format: 'usd',
    showTick: (value) => `$${showNumber(value / 1000)}k`,
  };
}

function qualityPlan(series: readonly Series[], page: RunPage): LinePlan {
  const limit = page.at('figures').at('limits').at('qualityFloor');
  const floor = limit.value;
  const lowest = Math.min(floor, ...valuesOf(series));
  return {
    title: 'Quality',
    subtitle: 'mean score of sampled answers, 0 to 1; the axis does not begin at zero',
    series,
    looks: [0],
    references: [{ label: markup`floor ${pictureFigure(limit, 'number')}`, value: floor }],
    values: [Math.max(0, lowest - 0.02), Math.min(1, Math.max(floor, ...valuesOf(series)) + 0.02)],
    shape: 'line',
    format: 'number',
    showTick: (value) => value.toFixed(2),
  };
}

function errorPlan(series: readonly Series[], page: RunPage): LinePlan {
  const limit = page.at('figures').at('limits').at('errorRate');
  const references = [{ label: markup`limit ${pictureFigure(limit, 'share')}`, value: limit.value }];
  return {
    title: 'Error rate',
    subtitle: 'share of requests that failed',
    series,
    looks: [0],
    references,
    values: fromZero(series, references),
    shape: 'line',
    format: 'share',
    showTick: (value) => showShare(value),
  };
}

function otherPlan(series: Series): LinePlan {
  return {
    title: series.name,
    subtitle: series.unit,
    series: [series],
    looks: [0],
    references: [],
    values: fromZero([series], []),
    shape: 'line',
    format: 'number',
    showTick: showNumber,
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
