import { area, stack } from 'd3-shape';

import type { Series } from '../../../contracts/runs.ts';
import { markup, type Markup } from '../markup.ts';
import { axes } from './axes.ts';
import { frameOf, svg, type Frame, type Range, type SizeName } from './frame.ts';
import { hoverColumns } from './hover.ts';
import { segmentsOf } from './segments.ts';
import { stepBands, type Steps } from './step-bands.ts';

/** One area of the stack: its curve and the class that colours it. */
export interface Layer {
  readonly series: Series;
  readonly colour: string;
  /** Hatched, so that the two kinds of nodes differ without colour. */
  readonly hatched: boolean;
}

export interface StackedArea {
  readonly label: string;
  readonly layers: readonly Layer[];
  readonly steps: Steps;
  readonly timeMs: Range;
  readonly showValue: (value: number) => string;
}

/** Shares of a whole over world time. A node without a request in a slice that has requests served none: that is a zero. */
export function stackedArea(chart: StackedArea, size: SizeName): Markup {
  const frame = frameOf(size, chart.timeMs, [0, 1]);
  const hatch = `hatch-${size}`;
  const series = chart.layers.map((layer) => layer.series);
  const hover = size === 'wide' ? hoverColumns(frame, series, chart.showValue) : [];
  const pattern = markup`<defs><pattern id="${hatch}" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><line class="hatch" x1="0" y1="0" x2="0" y2="5"/></pattern></defs>`;
  return svg(frame, chart.label, [
    pattern,
    axes(frame, chart.showValue),
    areas(frame, chart.layers, hatch),
    stepBands(frame, chart.steps),
    hover,
  ]);
}

interface Slice {
  readonly atMs: number;
  readonly values: ReadonlyMap<string, number>;
}

function areas(frame: Frame, layers: readonly Layer[], hatch: string): Markup[] {
  const names = layers.map(({ series }) => series.name);
  const shape = area<{ 0: number; 1: number; data: Slice }>()
    .x(({ data }) => frame.x(data.atMs))
    .y0((point) => frame.y(point[0]))
    .y1((point) => frame.y(point[1]))
    .digits(1);
  return slicesOf(layers).flatMap((slices) => {
    const stacked = stack<Slice, string>()
      .keys(names)
      .value(({ values }, name) => values.get(name) ?? 0)(slices);
    return stacked.flatMap((points) => {
      const layer = layers[points.index];
      const d = shape(points);
      if (layer === undefined || d === null) return [];
      const base = markup`<path class="area ${layer.colour}" d="${d}"/>`;
      return layer.hatched ? [base, markup`<path fill="url(#${hatch})" d="${d}"/>`] : [base];
    });
  });
}

/** The moments at which any node served, cut where nobody did. */
function slicesOf(layers: readonly Layer[]): Slice[][] {
  const byMoment = new Map<number, Map<string, number>>();
  for (const { series } of layers) {
    for (const { atMs, value } of series.points) {
      const values = byMoment.get(atMs) ?? new Map<string, number>();
      byMoment.set(atMs, values.set(series.name, value));
    }
  }
  const moments = [...byMoment.keys()].map((atMs) => ({ atMs, value: 1, sampleSize: null }));
  return segmentsOf(moments).map((segment) =>
    segment.map(({ atMs }) => ({ atMs, values: byMoment.get(atMs) ?? new Map<string, number>() })),
  );
}
