import { curveStepAfter, line } from 'd3-shape';

import { each, type Cursor } from '../../documents/cursor.ts';
import { itemName, stateOfItem } from '../../suite-outcomes.ts';
import { axes } from '../charts/axes.ts';
import { SIZES, frameOf, px, svg, type SizeName } from '../charts/frame.ts';
import { figure } from '../figure.ts';
import { markup, type Markup } from '../markup.ts';
import { badge, section } from '../parts.ts';
import { itemPlaces, type ItemPlace, type SuitePage } from './suite-page.ts';

const WIDTH = 1000;

/** Every run as a bar on one axis of wall time, and how many ran at the same time. */
export function suiteTimeline(page: SuitePage): Markup {
  const { axisMs, tryCount } = page.value.figures;
  const title = 'Runs on a time line';
  if (tryCount === 0) return section('timeline', title, markup`<p class="missing">No run has ended.</p>`);
  const scale = (ms: number): number => (ms / axisMs) * WIDTH;
  const started = itemPlaces(page)
    .filter(({ figures }) => figures.value.tries.length > 0)
    .toSorted((left, right) => startOf(left) - startOf(right) || left.item.number - right.item.number);
  return section(
    'timeline',
    title,
    markup`<p>Wall time from the start of the suite; the whole axis is ${figure(page.at('figures').at('axisMs'), 'duration')}. Items stand in the order in which they began; a second bar is a further try.</p>
${concurrencyFigure(page)}
<table class="timeline"><thead><tr><th scope="col" class="num">#</th><th scope="col">item</th><th scope="col" class="bar">time line</th><th scope="col" class="num">from</th><th scope="col" class="num">to</th><th scope="col">outcome</th></tr></thead><tbody>${started.map((place) => itemRow(place, scale))}</tbody></table>`,
  );
}

function startOf({ figures }: ItemPlace): number {
  return figures.value.tries[0]?.fromMs ?? 0;
}

function itemRow({ item, at, figures }: ItemPlace, scale: (ms: number) => number): Markup {
  const tries = each(figures.at('tries'));
  const [first, last] = [tries[0], tries.at(-1)];
  const bars = tries.map(({ value }, index) => bar(value, item.runs[index]?.verdict ?? 'running', scale));
  return markup`<tr class="${stateOfItem(item)}"><td class="num">${figure(at.at('number'), 'ordinal')}</td><th scope="row"><a href="#item-${String(item.number)}">${itemName(item)}</a></th><td class="bar"><svg class="track" viewBox="0 0 ${px(WIDTH)} 10" preserveAspectRatio="none" aria-hidden="true"><rect class="rail" width="${px(WIDTH)}" height="10"/>${bars}</svg></td><td class="num">${moment(first, 'fromMs')}</td><td class="num">${moment(last, 'toMs')}</td><td>${badge(stateOfItem(item))}</td></tr>`;
}

type Try = Cursor<{ readonly fromMs: number; readonly toMs: number }>;

function moment(at: Try | undefined, key: 'fromMs' | 'toMs'): Markup | null {
  return at === undefined ? null : figure(at.at(key), 'duration');
}

function bar(span: Try['value'], state: string, scale: (ms: number) => number): Markup {
  const from = scale(span.fromMs);
  // A bar of a few milliseconds must still be seen.
  const width = Math.max(4, scale(span.toMs) - from);
  return markup`<rect class="fill ${state}" x="${px(Math.min(from, WIDTH - width))}" width="${px(width)}" height="10"/>`;
}

function concurrencyFigure(page: SuitePage): Markup {
  const at = page.at('figures');
  const head = markup`<figcaption><h3>Runs at the same time</h3><p>at most ${figure(at.at('mostAtOnce'), 'ordinal')}, of ${figure(page.at('suite').at('input').at('parallel'), 'ordinal')} allowed; wall time (UTC)</p></figcaption>`;
  const sizes = Object.keys(SIZES) as SizeName[];
  return markup`<figure class="low">${head}${sizes.map((size) => concurrencyChart(page, size))}</figure>`;
}

function concurrencyChart(page: SuitePage, size: SizeName): Markup {
  const { concurrency, axisMs, mostAtOnce } = page.value.figures;
  const startMs = Date.parse(page.value.suite.startedAt);
  const frame = frameOf(size, [startMs, startMs + axisMs], [0, mostAtOnce], HEIGHT);
  const last = { atMs: startMs + axisMs, runs: concurrency.at(-1)?.runs ?? 0 };
  const path = line<{ readonly atMs: number; readonly runs: number }>()
    .x(({ atMs }) => frame.x(atMs))
    .y(({ runs }) => frame.y(runs))
    .curve(curveStepAfter)
    .digits(1);
  const label = `Runs at the same time: at most ${String(mostAtOnce)}`;
  return svg(frame, label, [
    axes(frame, (value) => (Number.isInteger(value) ? String(value) : '')),
    markup`<path class="line line-0" d="${path([...concurrency, last])}"/>`,
  ]);
}

const HEIGHT = 120;
