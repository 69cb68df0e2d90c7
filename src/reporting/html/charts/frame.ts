import { scaleLinear, scaleUtc, type ScaleLinear, type ScaleTime } from 'd3-scale';

import { markup, type Markup, type MarkupValue } from '../markup.ts';

/** A chart is drawn once for wide pages and once for phones, so that its text keeps its size on both. */
export const SIZES = {
  wide: { width: 920, height: 260, left: 62, yTicks: 5, xTicks: 9 },
  narrow: { width: 345, height: 220, left: 48, yTicks: 4, xTicks: 4 },
} as const;
export type SizeName = keyof typeof SIZES;

const TOP = 30;
const RIGHT = 10;
const BOTTOM = 26;

/** The drawing area of one chart: where a world time and a value lie. */
export interface Frame {
  readonly name: SizeName;
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly yTicks: number;
  readonly xTicks: number;
  readonly x: ScaleTime<number, number>;
  readonly y: ScaleLinear<number, number>;
}

export type Range = readonly [from: number, to: number];

export function frameOf(
  name: SizeName,
  timeMs: Range,
  values: Range,
  height: number = SIZES[name].height,
): Frame {
  const { width, left, yTicks, xTicks } = SIZES[name];
  const right = width - RIGHT;
  const bottom = height - BOTTOM;
  return {
    name,
    width,
    height,
    left,
    right,
    top: TOP,
    bottom,
    yTicks,
    xTicks,
    x: scaleUtc([...timeMs], [left, right]),
    y: scaleLinear([...values], [bottom, TOP]),
  };
}

/** A coordinate with one decimal: what a screen can show, and no more bytes. */
export function px(value: number): string {
  return String(Number(value.toFixed(1)));
}

/** The picture with what a reader who cannot see it is told. */
export function svg({ name, width, height }: Frame, label: string, content: MarkupValue): Markup {
  return markup`<svg class="chart ${name}" viewBox="0 0 ${px(width)} ${px(height)}" role="img" aria-label="${label}">
${content}</svg>`;
}
