import type { RunEvidenceFile, RunState, Series } from '../../../contracts/runs.ts';
import { showDuration, showTime, showTimeOfDay } from '../../times.ts';
import type { Range } from '../charts/frame.ts';
import { lineChart, lookOf } from '../charts/line-chart.ts';
import type { Steps } from '../charts/step-bands.ts';
import { markup, type Markup } from '../markup.ts';
import { scrollable, section } from '../parts.ts';
import { planLineCharts, type LinePlan } from './chart-plan.ts';
import { curveTable } from './curve-table.ts';
import { figure } from './figure.ts';
import { trafficFigure } from './traffic.ts';

/** Curves around the rollout, all on one axis of world time. */
export function curvesSection(run: RunState, evidence: RunEvidenceFile | null, missing: string): Markup {
  if (evidence === null) {
    return section('curves', 'Curves around the rollout', markup`<p class="missing">${missing}</p>`);
  }
  const timeMs = timeRange(evidence);
  if (timeMs === null) {
    const nothing = 'No curve has a sample: the run ended before anything could be measured.';
    return section('curves', 'Curves around the rollout', markup`<p class="missing">${nothing}</p>`);
  }
  const { series, steps } = evidence;
  return section(
    'curves',
    'Curves around the rollout',
    markup`<p>World time (UTC), ${showTime(timeMs[0])} to ${showTimeOfDay(timeMs[1])}. Numbered bands are the steps of the rollout; where samples are missing a curve has a gap.</p>
${stepsTable(steps)}
${planLineCharts(series, run).map((plan) => lineFigure(plan, steps, timeMs))}
${trafficFigure(series, steps, timeMs)}`,
  );
}

function lineFigure(plan: LinePlan, steps: Steps, timeMs: Range): Markup {
  const { title, subtitle, series, showValue } = plan;
  return figure(
    { title, subtitle, empty: series.every(({ points }) => points.length === 0) },
    (size) => lineChart({ ...plan, label: chartLabel(plan), steps, timeMs }, size),
    curveTable(
      title,
      series.map((each, index) => ({
        label: each.name,
        series: each,
        swatch: markup`<svg class="key" viewBox="0 0 28 8" aria-hidden="true"><line class="line line-${lookOf(plan.looks, index)}" x1="1" x2="27" y1="4" y2="4"/></svg>`,
      })),
      showValue,
    ),
  );
}

function chartLabel({ title, series, showValue }: LinePlan): string {
  const said = series.map(({ name, points }) => {
    const [first, last] = [points[0], points.at(-1)];
    return first === undefined || last === undefined
      ? `${name}: no samples`
      : `${name} from ${showValue(first.value)} to ${showValue(last.value)}`;
  });
  return `${title}: ${said.join('; ')}`;
}

function stepsTable(steps: Steps): Markup {
  if (steps.length === 0) return markup`<p class="missing">No step of a rollout was recorded.</p>`;
  const rows = steps.map(
    ({ name, startedAtMs, finishedAtMs }, index) =>
      markup`<tr><td class="num">${index + 1}</td><th scope="row"><code>${name}</code></th><td class="num">${showTimeOfDay(startedAtMs)}</td><td class="num">${showTimeOfDay(finishedAtMs)}</td><td class="num">${showDuration(finishedAtMs - startedAtMs)}</td></tr>`,
  );
  return scrollable(
    'Steps of the rollout',
    markup`<table class="steps"><caption>Steps of the rollout in world time</caption><thead><tr><th scope="col" class="num">band</th><th scope="col">step</th><th scope="col" class="num">from</th><th scope="col" class="num">to</th><th scope="col" class="num">took</th></tr></thead><tbody>${rows}</tbody></table>`,
  );
}

/** From the first to the last moment of any curve or step; null when there is none. */
function timeRange({ series, steps }: RunEvidenceFile): Range | null {
  const points = series.flatMap((each: Series) => each.points.map(({ atMs }) => atMs));
  if (points.length === 0) return null;
  const all = [...points, ...steps.flatMap(({ startedAtMs, finishedAtMs }) => [startedAtMs, finishedAtMs])];
  const from = Math.min(...all);
  const to = Math.max(...all);
  return [from, to === from ? from + 1000 : to];
}
