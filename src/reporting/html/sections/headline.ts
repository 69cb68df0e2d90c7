import { known, type Cursor } from '../../documents/cursor.ts';
import type { HeadlineFigures } from '../../documents/run-figures.ts';
import { figure, type NumberFormat } from '../figure.ts';
import { markup, type Markup } from '../markup.ts';
import type { RunPage } from '../run-page.ts';

/** A number of the page's head: what it is, the number, and what to hold it against. */
export interface Card {
  readonly name: string;
  readonly value: Markup;
  readonly detail: Markup;
}

export function cardList(cards: readonly Card[]): Markup {
  return markup`<ul class="cards">${cards.map(
    ({ name, value, detail }) =>
      markup`<li><span class="name">${name}</span> <span class="value">${value}</span> <span class="detail">${detail}</span></li>`,
  )}</ul>`;
}

/** The run in a few numbers. A number that was not observed has no card: none is guessed. */
export function headline(page: RunPage): Markup {
  const at = page.at('figures').at('headline');
  const cards = [costCard(at), forecastCard(at), latencyCard(at), qualityCard(at), gatesCard(page)];
  return cardList(cards.filter((card) => card !== null));
}

type Headline = Cursor<HeadlineFigures>;

function costCard(at: Headline): Card | null {
  const before = known(at.at('costBeforeUsdPerMonth'));
  const after = known(at.at('costAfterUsdPerMonth'));
  const change = known(at.at('costChange'));
  if (before === null) return null;
  const name = 'Monthly cost';
  if (after === null || change === null) return unfinished(name, figure(before, 'usd'));
  const detail = markup`${figure(before, 'usd')} → ${figure(after, 'usd')}`;
  return { name, value: figure(change, 'change'), detail };
}

function forecastCard(at: Headline): Card | null {
  const predicted = known(at.at('savingPredictedUsdPerMonth'));
  const measured = known(at.at('savingMeasuredUsdPerMonth'));
  const error = known(at.at('savingError'));
  if (predicted === null) return null;
  if (measured === null || error === null) {
    const detail = markup`a month; not measured`;
    return { name: 'Predicted saving', value: figure(predicted, 'usd'), detail };
  }
  return {
    name: 'Saving against forecast',
    value: figure(error, 'change'),
    detail: markup`${figure(predicted, 'usd')} → ${figure(measured, 'usd')} a month`,
  };
}

function latencyCard(at: Headline): Card | null {
  return changeCard('Latency P95', at.at('latencyP95BeforeMs'), at.at('latencyP95AfterMs'), 'ms');
}

function qualityCard(at: Headline): Card | null {
  return changeCard('Quality', at.at('qualityBefore'), at.at('qualityAfter'), 'number');
}

function changeCard(
  name: string,
  first: Cursor<number | null>,
  second: Cursor<number | null>,
  format: NumberFormat,
): Card | null {
  const [before, after] = [known(first), known(second)];
  if (before === null) return null;
  if (after === null) return unfinished(name, figure(before, format));
  return { name, value: figure(after, format), detail: markup`${figure(before, format)} before` };
}

function unfinished(name: string, value: Markup): Card {
  return { name, value, detail: markup`before; no figure after` };
}

function gatesCard(page: RunPage): Card {
  const at = page.at('figures');
  return {
    name: 'Gates passed',
    value: markup`${figure(at.at('gatesPassed'), 'ordinal')} of ${figure(at.at('gateCount'), 'ordinal')}`,
    detail: markup`${figure(at.at('phasesReached'), 'ordinal')} of ${figure(at.at('phaseCount'), 'ordinal')} phases reached`,
  };
}
