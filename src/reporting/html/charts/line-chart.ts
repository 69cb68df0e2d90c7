import { curveLinear, curveStepAfter, line } from 'd3-shape';

import type { Series } from '../../../contracts/runs.ts';
import { FORMATS, type NumberFormat } from '../figure.ts';
import { markup, type Markup } from '../markup.ts';
import { axes } from './axes.ts';
import { frameOf, px, svg, type Frame, type Range, type SizeName } from './frame.ts';
import { hoverColumns } from './hover.ts';
import { segmentsOf, type Point } from './segments.ts';
import { stepBands, type Steps } from './step-bands.ts';

export interface ReferenceLine {
  readonly label: Markup;
  readonly value: number;
}

export interface LineChart {
  readonly label: string;
  readonly series: readonly Series[];
  /** The look of each curve, by its place; 0 is the one that catches the eye. */
  readonly looks: readonly number[];
  readonly references: readonly ReferenceLine[];
  readonly steps: Steps;
  readonly timeMs: Range;
  readonly values: Range;
  /** A state that holds until it changes is drawn as stairs. */
  readonly shape: 'line' | 'stairs';
  readonly format: NumberFormat;
  readonly showTick: (value: number) => string;
}

/** Curves over world time with bands for the steps and dashed lines for what they are held against. */
export function lineChart(chart: LineChart, size: SizeName): Markup {
  const frame = frameOf(size, chart.timeMs, chart.values);
  const references = chart.references.map((reference) => referenceLine(frame, reference));
  const curves = chart.series.map((series, index) =>
    curve(frame, series, lookOf(chart.looks, index), chart.shape),
  );
  const hover = size === 'wide' ? hoverColumns(frame, chart.series, FORMATS[chart.format]) : [];
  return svg(frame, chart.label, [
    stepBands(frame, chart.steps),
    axes(frame, chart.showTick),
    references,
    curves,
    hover,
  ]);
}

/** Curves beyond the named looks take turns. */
export function lookOf(looks: readonly number[], index: number): number {
  return looks[index] ?? index % 3;
}

function curve(frame: Frame, series: Series, look: number, shape: LineChart['shape']): Markup[] {
  const path = line<Point>()
    .x(({ atMs }) => frame.x(atMs))
    .y(({ value }) => frame.y(value))
    .curve(shape === 'stairs' ? curveStepAfter : curveLinear)
    .digits(1);
  return segmentsOf(series.points).map((segment) => {
    const [only] = segment;
    // A path of one point has no length: without a dot it would be invisible.
    if (segment.length === 1 && only !== undefined) {
      const [x, y] = [px(frame.x(only.atMs)), px(frame.y(only.value))];
      return markup`<circle class="dot line-${String(look)}" cx="${x}" cy="${y}" r="3"/>`;
    }
    return markup`<path class="line line-${String(look)}" d="${path(segment)}"/>`;
  });
}

function referenceLine(frame: Frame, { label, value }: ReferenceLine): Markup {
  const y = px(frame.y(value));
  return markup`<line class="reference" x1="${px(frame.left)}" x2="${px(frame.right)}" y1="${y}" y2="${y}"/>
<text class="reference-label" x="${px(frame.right - 4)}" y="${y}" dy="-0.4em" text-anchor="end">${label}</text>`;
}
