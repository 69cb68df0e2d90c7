import type { SuiteItem, SuiteOutcome, SuiteState } from '../contracts/suites.ts';

/** How an item stands: its outcome once it has one. */
export type ItemState = SuiteOutcome | 'running' | 'waiting';

/** How each state reads, in a word and in a sentence. */
export const OUTCOME_WORDS: Readonly<Record<ItemState, { readonly word: string; readonly means: string }>> = {
  passed: { word: 'passed', means: 'Every gate held at the first try.' },
  flaky: { word: 'flaky', means: 'It passed only after a try that did not. That is not a pass.' },
  failed: { word: 'failed', means: 'A gate did not hold.' },
  inconclusive: { word: 'inconclusive', means: 'Evidence was missing or too thin to judge.' },
  'infra-error': { word: 'infrastructure error', means: 'The environment broke before a judgement.' },
  cancelled: { word: 'cancelled', means: 'It was stopped before its end.' },
  blocked: { word: 'blocked', means: 'It never began.' },
  running: { word: 'running', means: 'It has not ended yet.' },
  waiting: { word: 'waiting', means: 'It has not begun yet.' },
};

/** Worst first: the order in which items are shown. */
const SEVERITY: readonly ItemState[] = [
  'failed',
  'infra-error',
  'inconclusive',
  'cancelled',
  'blocked',
  'flaky',
  'running',
  'waiting',
  'passed',
];

export function stateOfItem({ outcome, status }: SuiteItem): ItemState {
  if (outcome !== null) return outcome;
  return status === 'running' ? 'running' : 'waiting';
}

/** Items that need a look first, otherwise in their own order. */
export function redItemsFirst(items: readonly SuiteItem[]): SuiteItem[] {
  const rank = (item: SuiteItem): number => SEVERITY.indexOf(stateOfItem(item));
  return items.toSorted((left, right) => rank(left) - rank(right) || left.number - right.number);
}

/** The run that decides an item: its last try that has ended. */
export function decidingRun({ runs }: SuiteItem): SuiteItem['runs'][number] | null {
  return runs.at(-1) ?? null;
}

/** `spot-migration`, `spot-migration #2` for a further repetition. */
export function itemName({ scenario, repetition }: SuiteItem): string {
  return repetition === 1 ? scenario : `${scenario} #${String(repetition)}`;
}

/** Why an item is as it is, in one line; null when it passed at once or has not ended. */
export function itemReason(item: SuiteItem): string | null {
  if (item.outcome === 'blocked') return item.blockedBy ?? 'what blocked it was not recorded';
  if (item.outcome !== 'flaky') return decidingRun(item)?.reason ?? null;
  const index = item.runs.findIndex(({ verdict }) => verdict !== 'passed');
  const red = item.runs[index];
  if (red === undefined) return 'the try that did not pass was not recorded';
  return `try ${String(index + 1)} ${OUTCOME_WORDS[red.verdict].word}: ${red.reason ?? 'no reason recorded'}`;
}

export const ALL_ITEM_STATES = Object.keys(OUTCOME_WORDS) as ItemState[];

/** How many items stand how; every state is there, also with none. */
export function countItems({ items }: SuiteState): Record<ItemState, number> {
  const count = (state: ItemState): number => items.filter((item) => stateOfItem(item) === state).length;
  return Object.fromEntries(ALL_ITEM_STATES.map((state) => [state, count(state)])) as Record<
    ItemState,
    number
  >;
}
