import type { SuiteItem, SuiteState } from '../../contracts/suites.ts';
import { itemName, itemReason, OUTCOME_WORDS, stateOfItem } from '../../reporting/suite-outcomes.ts';
import { progressWords, span } from './suite-board.ts';

export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly green: (text: string) => string;
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
}

/** A suite in rows of at most 80 columns, then what did not pass and why, flaky and blocked items too. */
export function suiteTable(suite: SuiteState, paint: Paint): string[] {
  const names = Math.max(8, ...suite.items.map((item) => itemName(item).length));
  const words = Math.max(7, ...suite.items.map((item) => OUTCOME_WORDS[stateOfItem(item)].word.length));
  const head = `${'#'.padStart(3)}  ${'scenario'.padEnd(names)}  ${'outcome'.padEnd(words)}  ${'gates'.padStart(7)}  ${'took'.padStart(7)}  tries`;
  const rows = suite.items.map((item) => {
    const run = item.runs.at(-1);
    const took = run === undefined ? '' : span(Date.parse(run.finishedAt) - Date.parse(run.startedAt));
    const gates = run === undefined ? '' : `${String(run.gatesPassed)}/${String(run.gates)}`;
    const outcome = painting(item, paint)(OUTCOME_WORDS[stateOfItem(item)].word.padEnd(words));
    return `${String(item.number).padStart(3)}  ${itemName(item).padEnd(names)}  ${outcome}  ${gates.padStart(7)}  ${took.padStart(7)}  ${String(item.runIds.length)}`;
  });
  const reasons = suite.items.flatMap((item) => reasonLines(item, paint));
  return [
    paint.bold(head),
    ...rows,
    ...(reasons.length === 0 ? [] : ['', ...reasons]),
    ...suite.errors.map((error) => paint.red(`error: ${error}`)),
    '',
    closing(suite, paint),
  ];
}

function reasonLines(item: SuiteItem, paint: Paint): string[] {
  const why = itemReason(item);
  const state = stateOfItem(item);
  if (why === null || state === 'passed' || state === 'running') return [];
  const runs = item.runIds.length === 0 ? '' : `  ${item.runIds.join(' ')}`;
  return [
    `${painting(item, paint)(OUTCOME_WORDS[state].word)}  ${itemName(item)}${paint.dim(runs)}`,
    `  ${why}`,
  ];
}

function closing(suite: SuiteState, paint: Paint): string {
  const verdict = suite.verdict ?? 'running';
  const word =
    verdict === 'passed'
      ? paint.green(verdict)
      : verdict === 'failed' || verdict === 'infra-error'
        ? paint.red(verdict)
        : paint.yellow(verdict);
  const took =
    suite.finishedAt === null
      ? ''
      : ` in ${span(Date.parse(suite.finishedAt) - Date.parse(suite.startedAt))}`;
  return `suite ${suite.suiteId} ${word}${took}, ${progressWords(suite)}, seed ${String(suite.seed)}`;
}

function painting(item: SuiteItem, { green, red, yellow, dim }: Paint): (text: string) => string {
  const state = stateOfItem(item);
  if (state === 'passed') return green;
  if (state === 'waiting' || state === 'running') return dim;
  return state === 'failed' || state === 'infra-error' ? red : yellow;
}
