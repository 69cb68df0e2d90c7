import type { ScenarioTrend, TrendPoint } from '../../../contracts/history.ts';
import { showDuration } from '../../times.ts';
import { VERDICT_WORDS } from '../../verdicts.ts';
import { px } from '../charts/frame.ts';
import { markup, type Markup } from '../markup.ts';

const WIDTH = 220;
const HEIGHT = 36;
const MARK = 9;
const MAX_COLUMN = 10;

/** A column a run, as high as it took; one that did not pass has a mark above, so that colour is not needed. */
export function sparkline({ scenario, points }: ScenarioTrend): Markup {
  if (points.length === 0) return markup`<span class="missing">no run</span>`;
  const longest = Math.max(1, ...points.map(({ durationMs }) => durationMs));
  const step = Math.min(MAX_COLUMN, WIDTH / points.length);
  const columns = points.map((point, index) => column(point, index * step, step, longest));
  const width = px(Math.max(MAX_COLUMN, step * points.length));
  return markup`<svg class="spark" viewBox="0 0 ${width} ${px(HEIGHT)}" width="${width}" height="${px(HEIGHT)}" role="img" aria-label="Durations of ${scenario}, oldest first">${columns}</svg>`;
}

function column(point: TrendPoint, x: number, step: number, longest: number): Markup {
  const { runId, verdict, durationMs } = point;
  const height = Math.max(1, ((HEIGHT - MARK) * durationMs) / longest);
  const width = px(Math.max(0.5, step - 1));
  const mark =
    verdict === 'passed'
      ? null
      : markup`<text class="mark-red" x="${px(x + step / 2)}" y="${px(HEIGHT - height - 1)}" text-anchor="middle">✗</text>`;
  return markup`<g class="point"><title>${runId}: ${VERDICT_WORDS[verdict].word}, ${showDuration(durationMs)}</title><rect class="fill ${verdict}" x="${px(x)}" y="${px(HEIGHT - height)}" width="${width}" height="${px(height)}"/>${mark}</g>`;
}
