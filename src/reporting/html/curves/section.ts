import type { RunEvidenceFile } from '../../../contracts/runs.ts';
import { each, known, type Cursor } from '../../documents/cursor.ts';
import type { Range } from '../charts/frame.ts';
import { lineChart, lookOf } from '../charts/line-chart.ts';
import type { Steps } from '../charts/step-bands.ts';
import { FORMATS, figure as figureOf } from '../figure.ts';
import { markup, type Markup } from '../markup.ts';
import { scrollable, section } from '../parts.ts';
import type { RunPage } from '../run-page.ts';
import { planLineCharts, type LinePlan } from './chart-plan.ts';
import { curveTable } from './curve-table.ts';
import { figure } from './figure.ts';
import type { CurvePlaces } from './curve-places.ts';
import { trafficFigure } from './traffic.ts';

/** Curves around the rollout, all on one axis of world time. */
export function curvesSection(page: RunPage): Markup {
  const evidence = known(page.at('evidence'));
  const figures = page.at('figures');
  const [from, to] = [known(figures.at('worldFromMs')), known(figures.at('worldToMs'))];
  const missing = 'No curve has a sample: the run ended before anything could be measured.';
  if (evidence === null || from === null || to === null) {
    const why = page.value.missingEvidence ?? missing;
    return section('curves', 'Curves around the rollout', markup`<p class="missing">${why}</p>`);
  }
  const { series, steps } = evidence.value;
  const timeMs: Range = [from.value, to.value === from.value ? from.value + 1000 : to.value];
  const places: CurvePlaces = new Map(
    each(figures.at('curves')).flatMap((at, index) =>
      series[index] === undefined ? [] : [[series[index], at]],
    ),
  );
  return section(
    'curves',
    'Curves around the rollout',
    markup`<p>World time (UTC), ${figureOf(from, 'time')} to ${figureOf(to, 'timeOfDay')}. Numbered bands are the steps of the rollout; where samples are missing a curve has a gap.</p>
${stepsTable(evidence, page)}
${planLineCharts(series, page).map((plan) => lineFigure(plan, places, steps, timeMs))}
${trafficFigure(series, places, steps, timeMs)}`,
  );
}

function lineFigure(plan: LinePlan, places: CurvePlaces, steps: Steps, timeMs: Range): Markup {
  const { title, subtitle, series, format } = plan;
  return figure(
    { title, subtitle, empty: series.every(({ points }) => points.length === 0) },
    (size) => lineChart({ ...plan, label: chartLabel(plan), steps, timeMs }, size),
    curveTable(
      title,
      series.flatMap((curve, index) => {
        const figures = places.get(curve);
        if (figures === undefined) return [];
        const look = String(lookOf(plan.looks, index));
        const swatch = markup`<svg class="key" viewBox="0 0 28 8" aria-hidden="true"><line class="line line-${look}" x1="1" x2="27" y1="4" y2="4"/></svg>`;
        return [{ label: curve.name, figures, swatch }];
      }),
      format,
    ),
  );
}

function chartLabel({ title, series, format }: LinePlan): string {
  const showValue = FORMATS[format];
  const said = series.map(({ name, points }) => {
    const [first, last] = [points[0], points.at(-1)];
    return first === undefined || last === undefined
      ? `${name}: no samples`
      : `${name} from ${showValue(first.value)} to ${showValue(last.value)}`;
  });
  return `${title}: ${said.join('; ')}`;
}

function stepsTable(evidence: Cursor<RunEvidenceFile>, page: RunPage): Markup {
  const steps = each(evidence.at('steps'));
  const figures = each(page.at('figures').at('steps'));
  if (steps.length === 0) return markup`<p class="missing">No step of a rollout was recorded.</p>`;
  const rows = steps.map((at, index) => {
    const own = figures[index];
    if (own === undefined) return null;
    return markup`<tr><td class="num">${figureOf(own.at('number'), 'ordinal')}</td><th scope="row"><code>${at.value.name}</code></th><td class="num">${figureOf(at.at('startedAtMs'), 'timeOfDay')}</td><td class="num">${figureOf(at.at('finishedAtMs'), 'timeOfDay')}</td><td class="num">${figureOf(own.at('durationMs'), 'duration')}</td></tr>`;
  });
  return scrollable(
    'Steps of the rollout',
    markup`<table class="steps"><caption>Steps of the rollout in world time</caption><thead><tr><th scope="col" class="num">band</th><th scope="col">step</th><th scope="col" class="num">from</th><th scope="col" class="num">to</th><th scope="col" class="num">took</th></tr></thead><tbody>${rows}</tbody></table>`,
  );
}
