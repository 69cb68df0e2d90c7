import type { RunState } from '../../../contracts/runs.ts';
import type { RunSummary, SuiteItem } from '../../../contracts/suites.ts';
import { each, type Cursor } from '../../documents/cursor.ts';
import type { SuiteDocument } from '../../documents/suite-document.ts';
import type { ItemFigures } from '../../documents/suite-figures.ts';
import { redItemsFirst } from '../../suite-outcomes.ts';
import { markup, type Markup } from '../markup.ts';

/** What sections of a suite's page draw from: the document, by place. */
export type SuitePage = Cursor<SuiteDocument>;

/** An item beside what was computed of it. */
export interface ItemPlace {
  readonly item: SuiteItem;
  readonly at: Cursor<SuiteItem>;
  readonly figures: Cursor<ItemFigures>;
}

/** Items that need a look first. */
export function itemPlaces(page: SuitePage): ItemPlace[] {
  const figures = each(page.at('figures').at('items'));
  const places = each(page.at('suite').at('items')).flatMap((at, index) => {
    const own = figures[index];
    return own === undefined ? [] : [{ item: at.value, at, figures: own }];
  });
  const order = redItemsFirst(page.value.suite.items);
  return places.toSorted((left, right) => order.indexOf(left.item) - order.indexOf(right.item));
}

/** The place of a run's record; undefined when the record is not here. */
export function runPlace(page: SuitePage, summary: RunSummary | null): Cursor<RunState> | undefined {
  return each(page.at('runs')).find(({ value }) => value.runId === summary?.runId);
}

/** A link to the page of a run beside this one; text when its record is not here. */
export function runLink(page: SuitePage, runId: string): Markup {
  const isHere = page.value.runs.some((run) => run.runId === runId);
  if (!isHere) return markup`<code>${runId}</code>`;
  return markup`<a href="../../runs/${encodeURIComponent(runId)}/report.html"><code>${runId}</code></a>`;
}
