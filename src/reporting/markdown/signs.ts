import type { ItemState } from '../suite-outcomes.ts';

/** Seen from afar; the word always stands beside it. */
const SIGNS: Readonly<Record<ItemState, string>> = {
  passed: '✅',
  flaky: '⚠️',
  failed: '❌',
  inconclusive: '❔',
  'infra-error': '💥',
  cancelled: '⏹️',
  blocked: '⛔',
  running: '⏳',
  waiting: '▫️',
};

export function verdictSign(state: ItemState): string {
  return SIGNS[state];
}
