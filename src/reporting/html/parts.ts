import type { Verdict } from '../../contracts/runs.ts';
import { VERDICT_WORDS } from '../verdicts.ts';
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

const SIGNS: Readonly<Record<Verdict | 'not-reached' | 'running', string>> = {
  passed: '✓',
  failed: '✗',
  inconclusive: '?',
  'infra-error': '!',
  cancelled: '■',
  'not-reached': '–',
  running: '…',
};

/** A verdict as sign and word; its colour only repeats them. */
export function badge(verdict: Verdict | 'not-reached' | 'running'): Markup {
  const word =
    verdict === 'not-reached' || verdict === 'running' ? wordOf(verdict) : VERDICT_WORDS[verdict].word;
  return markup`<span class="badge ${verdict}"><span aria-hidden="true">${SIGNS[verdict]}</span> ${word}</span>`;
}

function wordOf(state: 'not-reached' | 'running'): string {
  return state === 'running' ? 'running' : 'not reached';
}
