import type { Series } from '../../../contracts/runs.ts';
import { markup, type Markup } from '../markup.ts';
import { scrollable } from '../parts.ts';

export interface CurveRow {
  readonly label: string;
  readonly series: Series;
  readonly swatch: Markup;
}

/** Legend and numbers of a chart in one: what each curve was first, at its ends and last, and from how much. */
export function curveTable(
  title: string,
  rows: readonly CurveRow[],
  showValue: (value: number) => string,
): Markup {
  return scrollable(
    `${title}: curves in numbers`,
    markup`<table class="curves"><thead><tr><th scope="col">curve</th><th scope="col" class="num">first</th><th scope="col" class="num">lowest</th><th scope="col" class="num">highest</th><th scope="col" class="num">last</th><th scope="col" class="num">samples</th></tr></thead>
<tbody>${rows.map((row) => curveRow(row, showValue))}</tbody></table>`,
  );
}

function curveRow({ label, series, swatch }: CurveRow, showValue: (value: number) => string): Markup {
  const head = markup`<th scope="row">${swatch} ${label}</th>`;
  const points = series.points.filter(({ value }) => Number.isFinite(value));
  const values = points.map(({ value }) => value);
  const [first, last] = [values[0], values.at(-1)];
  if (first === undefined || last === undefined) {
    return markup`<tr>${head}<td colspan="5" class="missing">no samples</td></tr>`;
  }
  const numbers = [first, Math.min(...values), Math.max(...values), last];
  return markup`<tr>${head}${numbers.map((value) => markup`<td class="num">${showValue(value)}</td>`)}<td class="num">${samplesOf(points)}</td></tr>`;
}

/** The sum of known sample sizes; a curve without any is counted in points. */
function samplesOf(points: Series['points']): string {
  const sizes = points.flatMap(({ sampleSize }) => (sampleSize === null ? [] : [sampleSize]));
  if (sizes.length === 0) return `${String(points.length)} points`;
  return sizes.reduce((sum, size) => sum + size, 0).toLocaleString('en-US');
}
