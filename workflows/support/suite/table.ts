import type { SuiteItem, SuiteState } from '../../../src/contracts/suites.ts';

const MARKS = {
  passed: '✅',
  flaky: '🎲',
  failed: '❌',
  inconclusive: '❔',
  'infra-error': '⚠️',
  cancelled: '⏹',
  blocked: '⛔',
} as const;

/** Rows that a page of Temporal's UI can bear; what needs a look comes first. */
const ROWS = 60;

/** The items as a Markdown table: Temporal's UI shows it as the workflow's current details. */
export function suiteTable(state: SuiteState): string {
  const done = state.items.filter(({ status }) => status === 'finished').length;
  const shown = state.items.toSorted((left, right) => rank(left) - rank(right) || left.number - right.number);
  const rows = shown.slice(0, ROWS).map((item) => {
    const name = item.repetition === 1 ? item.scenario : `${item.scenario} #${String(item.repetition)}`;
    return `| ${String(item.number)} | ${name} | ${mark(item)} | ${item.runIds.at(-1) ?? ''} | ${reason(item)} |`;
  });
  const left = shown.length - rows.length;
  return [
    `**${state.input.title}** — ${state.verdict ?? `${String(done)} of ${String(state.items.length)} done`}`,
    '',
    '| # | scenario | outcome | run | why |',
    '|---|---|---|---|---|',
    ...rows,
    ...(left > 0 ? ['', `and ${String(left)} more`] : []),
  ].join('\n');
}

function rank({ status, outcome }: SuiteItem): number {
  if (status === 'running') return 0;
  if (outcome === null) return 3;
  return outcome === 'passed' ? 2 : 1;
}

function mark({ status, outcome, runs }: SuiteItem): string {
  if (outcome !== null) return `${MARKS[outcome]} ${outcome}`;
  if (status === 'waiting') return '';
  return runs.length === 0 ? '⏳ running' : `⏳ try ${String(runs.length + 1)}`;
}

function reason({ blockedBy, runs }: SuiteItem): string {
  const red = runs.find(({ verdict }) => verdict !== 'passed');
  return (blockedBy ?? red?.reason ?? '').replaceAll('|', String.raw`\|`).slice(0, 160);
}
