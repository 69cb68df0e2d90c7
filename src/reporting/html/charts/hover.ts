import type { Series } from '../../../contracts/runs.ts';
import { showTimeOfDay } from '../../times.ts';
import { markup, type Markup } from '../markup.ts';
import { px, type Frame } from './frame.ts';

/** Invisible columns, one a moment, whose title tells every value of that moment and its sample size. */
export function hoverColumns(
  frame: Frame,
  series: readonly Series[],
  showValue: (value: number) => string,
): Markup[] {
  const moments = [...new Set(series.flatMap(({ points }) => points.map(({ atMs }) => atMs)))].sort(
    (a, b) => a - b,
  );
  const rowsAt = new Map(moments.map((atMs) => [atMs, [`${showTimeOfDay(atMs)} world time`]]));
  for (const { name, points } of series) {
    for (const { atMs, value, sampleSize } of points) {
      const samples = sampleSize === null ? '' : ` (${sampleSize.toLocaleString('en-US')} samples)`;
      rowsAt.get(atMs)?.push(`${name}: ${showValue(value)}${samples}`);
    }
  }
  return moments.map((atMs, index) => {
    const here = frame.x(atMs);
    const from = index === 0 ? frame.left : (frame.x(moments[index - 1] ?? atMs) + here) / 2;
    const to = index === moments.length - 1 ? frame.right : (frame.x(moments[index + 1] ?? atMs) + here) / 2;
    const width = px(Math.max(0, to - from));
    const { top, bottom } = frame;
    return markup`<rect class="hover" x="${px(from)}" y="${px(top)}" width="${width}" height="${px(bottom - top)}"><title>${rowsAt.get(atMs)?.join('\n')}</title></rect>`;
  });
}
