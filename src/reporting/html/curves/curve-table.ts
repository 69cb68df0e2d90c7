import { known, type Cursor } from '../../documents/cursor.ts';
import type { CurveFigures } from '../../documents/run-figures.ts';
import { figure, type NumberFormat } from '../figure.ts';
import { markup, type Markup } from '../markup.ts';
import { scrollable } from '../parts.ts';

export interface CurveRow {
  readonly label: string;
  readonly figures: Cursor<CurveFigures>;
  readonly swatch: Markup;
}

/** Legend and numbers of a chart in one: what each curve was first, at its ends and last, and from how much. */
export function curveTable(title: string, rows: readonly CurveRow[], format: NumberFormat): Markup {
  return scrollable(
    `${title}: curves in numbers`,
    markup`<table class="curves"><thead><tr><th scope="col">curve</th><th scope="col" class="num">first</th><th scope="col" class="num">lowest</th><th scope="col" class="num">highest</th><th scope="col" class="num">last</th><th scope="col" class="num">samples</th></tr></thead>
<tbody>${rows.map((row) => curveRow(row, format))}</tbody></table>`,
  );
}

function curveRow({ label, figures, swatch }: CurveRow, format: NumberFormat): Markup {
  const head = markup`<th scope="row">${swatch} ${label}</th>`;
  const numbers = (['first', 'lowest', 'highest', 'last'] as const).map((key) => known(figures.at(key)));
  if (numbers.includes(null)) return markup`<tr>${head}<td colspan="5" class="missing">no samples</td></tr>`;
  return markup`<tr>${head}${numbers.map((at) => markup`<td class="num">${at === null ? null : figure(at, format)}</td>`)}<td class="num">${samplesOf(figures)}</td></tr>`;
}

/** The sum of known sample sizes; a curve without any is counted in points. */
function samplesOf(figures: Cursor<CurveFigures>): Markup {
  const samples = known(figures.at('samples'));
  return samples === null
    ? markup`${figure(figures.at('points'), 'count')} points`
    : figure(samples, 'count');
}
