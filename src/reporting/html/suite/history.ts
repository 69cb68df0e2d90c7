import type { ForecastTrend, GateTrend, PhaseTrend, ScenarioTrend } from '../../../contracts/history.ts';
import { each, known, type Cursor } from '../../documents/cursor.ts';
import { figure, type NumberFormat } from '../figure.ts';
import { markup, type Markup, type MarkupValue } from '../markup.ts';
import { scrollable, section } from '../parts.ts';
import { sparkline } from './sparkline.ts';
import type { SuitePage } from './suite-page.ts';

/** Nothing of earlier runs is drawn where they are not known. */
function notAsked(page: SuitePage): Markup {
  return markup`<p class="missing">The history of runs could not be asked when this page was made: ${page.value.missingHistory}</p>`;
}

/** How long each scenario took over time and how often it passed. */
export function trendsSection(page: SuitePage): Markup {
  const trends = page.value.history === null ? null : each(listOf(page, 'scenarios'));
  return historySection(
    page,
    'trends',
    'Trends',
    trends,
    'No earlier run is recorded: there is no trend yet.',
    (all) =>
      scrollable(
        'Trends of scenarios',
        markup`<p>Each column is a run, oldest first, as high as it took; ✗ marks one that did not pass.${drillsNote(page)}</p>
<table class="trends stack"><thead><tr><th scope="col">scenario</th><th scope="col">durations</th>${heads(['runs', 'passed', 'median', 'P95', 'flake score'])}</tr></thead><tbody>${all.map(trendRow)}</tbody></table>`,
      ),
  );
}

function drillsNote(page: SuitePage): Markup | null {
  const drills = known(listOf(page, 'drills'));
  if (drills === null || drills.value === 0) return null;
  return markup` Drills, ${figure(drills, 'count')} of them, are not counted: they are red on purpose.`;
}

function trendRow(at: Cursor<ScenarioTrend>): Markup {
  return row(markup`${at.value.scenario}`, [
    ['durations', '', sparkline(at.value)],
    ['runs', 'num', figure(at.at('runs'), 'count')],
    ['passed', 'num', at.value.runs === 0 ? '–' : figure(at.at('passedShare'), 'share')],
    ['median', 'num', orDash(at.at('medianDurationMs'), 'duration')],
    ['P95', 'num', orDash(at.at('p95DurationMs'), 'duration')],
    ['flake score', 'num', orDash(at.at('flakeScore'), 'number')],
  ]);
}

/** Gates whose verdict changed between runs of the same revision and settings. */
export function flakySection(page: SuitePage): Markup {
  const gates = page.value.history === null ? null : each(listOf(page, 'flakyGates'));
  const none = 'No gate changed its verdict between runs of the same revision and settings.';
  return historySection(page, 'flaky', 'Flaky gates', gates, none, (all) =>
    scrollable(
      'Flaky gates',
      markup`<p>0: always the same verdict, 1: another one every time. Drills are left out.</p>
<table class="flaky stack"><thead><tr><th scope="col">gate</th><th scope="col">phase</th><th scope="col">scenario</th>${heads(['runs', 'failed', 'inconclusive', 'flake score'])}</tr></thead><tbody>${all.map(gateRow)}</tbody></table>`,
    ),
  );
}

function gateRow(at: Cursor<GateTrend>): Markup {
  const { gate, phase, scenario } = at.value;
  return row(markup`<code>${gate}</code>`, [
    ['phase', '', phase],
    ['scenario', '', scenario],
    ['runs', 'num', figure(at.at('runs'), 'count')],
    ['failed', 'num', figure(at.at('failed'), 'count')],
    ['inconclusive', 'num', figure(at.at('inconclusive'), 'count')],
    ['flake score', 'num', orDash(at.at('flakeScore'), 'number')],
  ]);
}

/** The slowest phases over all runs that the history knows. */
export function slowPhasesOfHistory(page: SuitePage): Markup {
  const none = markup`<p class="missing">No earlier run is recorded.</p>`;
  if (page.value.history === null) return notAsked(page);
  const phases = each(listOf(page, 'slowestPhases'));
  if (phases.length === 0) return none;
  return scrollable(
    'Slowest phases of earlier runs',
    markup`<table class="slow stack"><thead><tr><th scope="col">phase</th><th scope="col">scenario</th>${heads(['runs', 'median', 'P95', 'budget', 'flake score'])}</tr></thead><tbody>${phases.map(phaseRow)}</tbody></table>`,
  );
}

function phaseRow(at: Cursor<PhaseTrend>): Markup {
  return row(markup`<code>${at.value.phase}</code>`, [
    ['scenario', '', at.value.scenario],
    ['runs', 'num', figure(at.at('runs'), 'count')],
    ['median', 'num', orDash(at.at('medianDurationMs'), 'duration')],
    ['P95', 'num', orDash(at.at('p95DurationMs'), 'duration')],
    ['budget', 'num', orDash(at.at('budgetMs'), 'duration')],
    ['flake score', 'num', orDash(at.at('flakeScore'), 'number')],
  ]);
}

/** What was forecast over all runs that the history knows, and how far off it was. */
export function forecastsOfHistory(page: SuitePage): Markup {
  if (page.value.history === null) return notAsked(page);
  const forecasts = each(listOf(page, 'forecasts'));
  if (forecasts.length === 0) return markup`<p class="missing">No earlier forecast is recorded.</p>`;
  return scrollable(
    'Forecasts of earlier runs',
    markup`<table class="forecasts stack"><thead><tr><th scope="col">forecast</th><th scope="col">scenario</th>${heads(['compared', 'median error', 'P5', 'P95', 'within interval'])}</tr></thead><tbody>${forecasts.map(forecastRow)}</tbody></table>`,
  );
}

function forecastRow(at: Cursor<ForecastTrend>): Markup {
  return row(markup`${at.value.what}`, [
    ['scenario', '', at.value.scenario],
    ['compared', 'num', figure(at.at('compared'), 'count')],
    ['median error', 'num', orDash(at.at('errorMedian'), 'change')],
    ['P5', 'num', orDash(at.at('errorP5'), 'change')],
    ['P95', 'num', orDash(at.at('errorP95'), 'change')],
    ['within interval', 'num', orDash(at.at('withinInterval'), 'share')],
  ]);
}

function historySection<T>(
  page: SuitePage,
  id: string,
  title: string,
  rows: readonly Cursor<T>[] | null,
  none: string,
  draw: (rows: readonly Cursor<T>[]) => Markup,
): Markup {
  if (rows === null) return section(id, title, notAsked(page));
  return section(id, title, rows.length === 0 ? markup`<p class="missing">${none}</p>` : draw(rows));
}

type History = NonNullable<SuitePage['value']['history']>;

function listOf<K extends keyof History>(page: SuitePage, key: K): Cursor<History[K]> {
  const history = known(page.at('history'));
  if (history === null) throw new TypeError('no history to list');
  return history.at(key);
}

/** A row whose cells carry their heads, for pages too narrow for columns. */
export function row(
  head: Markup,
  cells: readonly (readonly [label: string, kind: string, value: MarkupValue])[],
): Markup {
  return markup`<tr><th scope="row">${head}</th>${cells.map(
    ([label, kind, value]) => markup`<td class="${kind}" data-label="${label}">${value}</td>`,
  )}</tr>`;
}

export function heads(names: readonly string[]): Markup {
  return markup`${names.map((name) => markup`<th scope="col" class="num">${name}</th>`)}`;
}

export function orDash(at: Cursor<number | null>, format: NumberFormat): MarkupValue {
  const there = known(at);
  return there === null ? '–' : figure(there, format);
}
