import type { RunSummary } from '../../../contracts/suites.ts';
import { each, known, type Cursor } from '../../documents/cursor.ts';
import { itemName, stateOfItem } from '../../suite-outcomes.ts';
import { figure } from '../figure.ts';
import { markup, type Markup, type MarkupValue } from '../markup.ts';
import { badge, scrollable, section } from '../parts.ts';
import { temporalLink } from '../temporal-link.ts';
import { itemPlaces, runLink, runPlace, type ItemPlace, type SuitePage } from './suite-page.ts';

/** Every item with its tries; those that need a look stand first. */
export function itemsSection(page: SuitePage): Markup {
  const places = itemPlaces(page);
  if (places.length === 0) {
    return section('items', 'Items', markup`<p class="missing">No scenario was selected.</p>`);
  }
  const columns = [
    ['scenario', ''],
    ['outcome', ''],
    ['seed', 'num'],
    ['took', 'num'],
    ['phases', 'num'],
    ['gates', 'num'],
    ['runs', ''],
  ] as const;
  return section(
    'items',
    'Items',
    scrollable(
      'Items of the suite',
      markup`<table class="items stack"><caption>${figure(page.at('figures').at('itemCount'), 'count')} items, ${figure(page.at('figures').at('tryCount'), 'count')} runs ended, ${figure(page.at('figures').at('recordedRuns'), 'count')} of them recorded here</caption><thead><tr><th scope="col" class="num">#</th>${columns.map(([name, kind]) => markup`<th scope="col" class="${kind}">${name}</th>`)}</tr></thead><tbody>${places.map((place) => itemRow(page, place))}</tbody></table>`,
    ),
  );
}

function itemRow(page: SuitePage, { item, at, figures }: ItemPlace): Markup {
  const state = stateOfItem(item);
  const took = known(figures.at('tookMs'));
  const last = each(at.at('runs')).at(-1);
  const reason = figures.value.reason;
  const cells: readonly (readonly [label: string, kind: string, value: MarkupValue])[] = [
    ['outcome', '', badge(state)],
    ['seed', 'num', figure(at.at('seed'), 'ordinal')],
    ['took', 'num', took === null ? '–' : figure(took, 'duration')],
    ['phases', 'num', passedOf(last, 'phasesPassed', 'phases')],
    ['gates', 'num', passedOf(last, 'gatesPassed', 'gates')],
    [
      'runs',
      '',
      item.runIds.length === 0 ? '–' : item.runIds.map((runId) => tryLine(page, item.runs, runId)),
    ],
  ];
  return markup`<tr id="item-${String(item.number)}" class="${decidingClass(state)}"><td class="num" data-label="item">${figure(at.at('number'), 'ordinal')}</td><th scope="row">${itemName(item)}${reason === null ? null : markup`<br/><span class="quiet">${reason}</span>`}</th>${cells.map(
    ([label, kind, value]) => markup`<td class="${kind}" data-label="${label}">${value}</td>`,
  )}</tr>`;
}

/** Rows are coloured only where a look is needed. */
function decidingClass(state: ReturnType<typeof stateOfItem>): string {
  return state === 'passed' || state === 'waiting' || state === 'running' ? '' : state;
}

function passedOf(
  run: Cursor<RunSummary> | undefined,
  passed: 'phasesPassed' | 'gatesPassed',
  all: 'phases' | 'gates',
): MarkupValue {
  if (run === undefined) return '–';
  return markup`${figure(run.at(passed), 'ordinal')}/${figure(run.at(all), 'ordinal')}`;
}

function tryLine(page: SuitePage, ended: readonly RunSummary[], runId: string): Markup {
  const summary = ended.find((run) => run.runId === runId) ?? null;
  const run = runPlace(page, summary);
  const { temporalUi } = page.value.surroundings;
  const link =
    run === undefined || temporalUi === null
      ? null
      : markup` <span class="quiet">${temporalLink(run.value.temporal, temporalUi, 'Temporal')}</span>`;
  return markup`<div class="try">${runLink(page, runId)} ${badge(summary?.verdict ?? 'running')}${link}</div>`;
}
