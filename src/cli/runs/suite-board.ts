import type { RunState } from '../../contracts/runs.ts';
import type { SuiteItem, SuiteState } from '../../contracts/suites.ts';
import type { Estimate } from '../../reporting/estimate.ts';
import { countItems, itemName, OUTCOME_WORDS, type ItemState } from '../../reporting/suite-outcomes.ts';
import type { LiveRun, SuiteView } from './follow-suite.ts';

export interface BoardKnowledge {
  readonly estimate: Estimate;
  /** How long a scenario usually takes, by its past runs; absent for one that has none. */
  readonly usualMs: ReadonlyMap<string, number>;
}
export interface BoardLook {
  readonly nowMs: number;
  readonly columns: number;
}

/** The suite as it stands: a line over all, then one a run under way, with what is tried again below it. */
export function boardLines({ suite, live }: SuiteView, knowledge: BoardKnowledge, look: BoardLook): string[] {
  const runs = live.map((each) => lineOf(each, suite, knowledge, look));
  return [overall({ suite, live }, knowledge, look), ...runs.flat()].map((line) => cut(line, look.columns));
}

const SHOWN_STATES: readonly ItemState[] = [
  'passed',
  'flaky',
  'failed',
  'inconclusive',
  'infra-error',
  'cancelled',
  'blocked',
];

/** `12/25 done: 10 passed, 1 flaky, 1 failed`; states that no item has are left out. */
export function progressWords(suite: SuiteState): string {
  const counts = countItems(suite);
  const done = suite.items.filter(({ status }) => status === 'finished').length;
  const parts = SHOWN_STATES.filter((state) => counts[state] > 0).map(
    (state) => `${String(counts[state])} ${OUTCOME_WORDS[state].word}`,
  );
  return `${String(done)}/${String(suite.items.length)} done${parts.length === 0 ? '' : `: ${parts.join(', ')}`}`;
}

function overall(view: SuiteView, knowledge: BoardKnowledge, { nowMs }: BoardLook): string {
  const { suite } = view;
  const elapsed = span(nowMs - Date.parse(suite.startedAt));
  const leftMs = timeLeft(view, knowledge, nowMs);
  return `${progressWords(suite)}  ${elapsed}${leftMs === null ? '' : `, about ${span(leftMs)} to go`}`;
}

/** By what each waiting scenario usually takes, shared by the places; null while one is unknown. */
export function timeLeft(
  { suite, live }: SuiteView,
  { estimate, usualMs }: BoardKnowledge,
  nowMs: number,
): number | null {
  const waiting = suite.items
    .filter(({ status }) => status === 'waiting')
    .map(({ scenario }) => usualMs.get(scenario));
  const running = live.map(({ run }) => (run === null ? undefined : restOf(run, estimate, nowMs)));
  const all = [...waiting, ...running];
  if (all.length === 0 || all.some((each) => each === undefined)) return null;
  const ms = all.map((each) => Math.max(0, each ?? 0));
  const together = ms.reduce((sum, each) => sum + each, 0) / suite.input.parallel;
  return Math.max(together, ...ms);
}

function restOf(run: RunState, estimate: Estimate, nowMs: number): number | undefined {
  return estimate.remaining(run, nowMs - Date.parse(sinceWhen(run)))?.leftMs;
}

function sinceWhen(run: RunState): string {
  const running = run.phases.find(({ status }) => status === 'running');
  const lastEnd = run.phases.findLast(({ finishedAt }) => finishedAt !== null)?.finishedAt;
  return running?.startedAt ?? lastEnd ?? run.startedAt;
}

const NAME_WIDTH = 24;
const TIME_WIDTH = 13;
/** Between the parts of a line. */
const GAPS = 3;

function lineOf(live: LiveRun, suite: SuiteState, { estimate }: BoardKnowledge, look: BoardLook): string[] {
  const item = suite.items.find(({ runIds }) => runIds.includes(live.runId));
  const name = nameOf(item, live);
  const { run } = live;
  const rest = run === null ? undefined : restOf(run, estimate, look.nowMs);
  const elapsed = run === null ? '' : span(look.nowMs - Date.parse(run.startedAt));
  const times = `${elapsed}${rest === undefined ? '' : rest <= 0 ? ' long' : ` ~${span(rest)}`}`;
  const doing = doingOf(live);
  const width = look.columns - NAME_WIDTH - TIME_WIDTH - GAPS;
  return [
    `${cut(name, NAME_WIDTH).padEnd(NAME_WIDTH)}  ${cut(doing, width).padEnd(width)} ${times}`,
    ...live.retries.map(
      ({ activity, attempt, failure }) =>
        `  try ${String(attempt)} of ${activity}: ${failure.replaceAll(/\s+/g, ' ')}`,
    ),
  ];
}

function nameOf(item: SuiteItem | undefined, live: LiveRun): string {
  if (item === undefined) return live.runId;
  const attempt = item.runIds.indexOf(live.runId) + 1;
  return attempt === 1 ? itemName(item) : `${itemName(item)} try ${String(attempt)}`;
}

/** `6/9 Monitoring execution · deploy_canary` */
function doingOf({ run, step }: LiveRun): string {
  if (run === null) return 'starting';
  const running = run.phases.find(({ status }) => status === 'running');
  if (running === undefined) {
    const begun = run.phases.some(({ status }) => status === 'finished');
    return begun ? 'between phases or cleaning up' : 'preparing the customer';
  }
  const position = `${String(running.number)}/${String(run.phases.length)} ${running.title}`;
  return step === null ? position : `${position} · ${step}`;
}

/** `0:41`, `12:05`, `1:02:05` */
export function span(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const two = (value: number): string => String(value).padStart(2, '0');
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const tail = two(seconds % 60);
  return hours === 0 ? `${String(minutes)}:${tail}` : `${String(hours)}:${two(minutes)}:${tail}`;
}

export function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}
