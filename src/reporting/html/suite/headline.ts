import { known } from '../../documents/cursor.ts';
import { figure } from '../figure.ts';
import { markup, type Markup } from '../markup.ts';
import { cardList, type Card } from '../sections/headline.ts';
import { OUTCOME_WORDS, type ItemState } from '../../suite-outcomes.ts';
import type { SuitePage } from './suite-page.ts';

/** The suite in a few numbers. Passed and flaky never share one. */
export function suiteHeadline(page: SuitePage): Markup {
  const at = page.at('figures');
  const cards: (Card | null)[] = [
    {
      name: 'Passed',
      value: markup`${figure(at.at('outcomes').at('passed'), 'ordinal')} of ${figure(at.at('itemCount'), 'ordinal')}`,
      detail: markup`at the first try`,
    },
    {
      name: 'Red',
      value: figure(at.at('redCount'), 'ordinal'),
      detail: redWords(page),
    },
    {
      name: 'Flaky',
      value: figure(at.at('outcomes').at('flaky'), 'ordinal'),
      detail: markup`passed after a try that did not`,
    },
    openCard(page),
    tookCard(page),
    {
      name: 'Gates passed',
      value: markup`${figure(at.at('gatesPassed'), 'count')} of ${figure(at.at('gateCount'), 'count')}`,
      detail: markup`in the runs that decided`,
    },
  ];
  return cardList(cards.filter((card) => card !== null));
}

const RED: readonly ItemState[] = ['failed', 'infra-error', 'inconclusive', 'cancelled', 'blocked'];

function redWords(page: SuitePage): Markup {
  const outcomes = page.at('figures').at('outcomes');
  const said = RED.filter((state) => outcomes.value[state] > 0);
  if (said.length === 0) return markup`nothing failed, broke or was blocked`;
  return markup`${said.map((state, index) => markup`${index === 0 ? '' : ', '}${figure(outcomes.at(state), 'ordinal')} ${OUTCOME_WORDS[state].word}`)}`;
}

function openCard(page: SuitePage): Card | null {
  const outcomes = page.at('figures').at('outcomes');
  if (outcomes.value.running + outcomes.value.waiting === 0) return null;
  return {
    name: 'Not ended',
    value: figure(outcomes.at('running'), 'ordinal'),
    detail: markup`running, ${figure(outcomes.at('waiting'), 'ordinal')} waiting`,
  };
}

function tookCard(page: SuitePage): Card | null {
  const at = page.at('figures');
  const took = known(at.at('tookMs'));
  if (took === null) return null;
  return {
    name: 'Took',
    value: figure(took, 'duration'),
    detail: markup`${figure(at.at('tryCount'), 'ordinal')} runs, at most ${figure(at.at('mostAtOnce'), 'ordinal')} at the same time`,
  };
}
