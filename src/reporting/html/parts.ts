import type { Verdict } from '../../contracts/runs.ts';
import { OUTCOME_WORDS, type ItemState } from '../suite-outcomes.ts';
import { markup, type Markup, type MarkupValue } from './markup.ts';

/** A part of the page with a heading that the navigation leads to. */
export function section(id: string, title: string, content: MarkupValue): Markup {
  return markup`<section id="${id}" aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>
${content}</section>`;
}

/** A table that scrolls sideways on a small page; the keyboard reaches it. */
export function scrollable(label: string, table: Markup): Markup {
  return markup`<div class="scroll" role="region" aria-label="${label}" tabindex="0">${table}</div>`;
}

/** What a badge can say: a verdict, or how a phase or an item of a suite stands. */
export type BadgeState = Verdict | ItemState | 'not-reached';

const SIGNS: Readonly<Record<BadgeState, string>> = {
  passed: '✓',
  flaky: '≈',
  failed: '✗',
  inconclusive: '?',
  'infra-error': '!',
  cancelled: '■',
  blocked: '⊘',
  'not-reached': '–',
  running: '…',
  waiting: '…',
};

/** A verdict as sign and word; its colour only repeats them. */
export function badge(state: BadgeState): Markup {
  return markup`<span class="badge ${state}"><span aria-hidden="true">${SIGNS[state]}</span> ${wordOf(state)}</span>`;
}

function wordOf(state: BadgeState): string {
  return state === 'not-reached' ? 'not reached' : OUTCOME_WORDS[state].word;
}
