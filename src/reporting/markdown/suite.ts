import type { RunState } from '../../contracts/runs.ts';
import type { RunSummary, SuiteItem, SuiteState } from '../../contracts/suites.ts';
import {
  ALL_ITEM_STATES,
  OUTCOME_WORDS,
  countItems,
  decidingRun,
  itemName,
  itemReason,
  redItemsFirst,
  stateOfItem,
} from '../suite-outcomes.ts';
import { showDuration } from '../times.ts';
import { VERDICT_WORDS } from '../verdicts.ts';
import { limited, whole, type Block } from './limit.ts';
import { whyRed } from './red-run.ts';
import { verdictSign } from './signs.ts';
import { code, details, plain, table } from './text.ts';

/** A suite for a pull request or a step summary: counts, red items unfolded by a click, flaky ones apart, all in a table. */
export function suiteMarkdown({
  suite,
  runs,
}: {
  readonly suite: SuiteState;
  readonly runs: readonly RunState[];
}): string {
  const recorded = new Map(runs.map((run) => [run.runId, run]));
  const items = redItemsFirst(suite.items);
  const red = items.filter((item) => !['passed', 'flaky', 'waiting', 'running'].includes(stateOfItem(item)));
  const flaky = items.filter(({ outcome }) => outcome === 'flaky');
  return limited([
    whole(head(suite)),
    ...(red.length === 0 ? [] : [redBlock(red, recorded)]),
    ...(flaky.length === 0 ? [] : [flakyBlock(flaky)]),
    itemsBlock(items),
  ]);
}

function head(suite: SuiteState): string {
  const verdict = suite.verdict === null ? 'running' : VERDICT_WORDS[suite.verdict].word;
  const counts = countItems(suite);
  const said = ALL_ITEM_STATES.filter((state) => counts[state] > 0).map(
    (state) => `${String(counts[state])} ${OUTCOME_WORDS[state].word}`,
  );
  return [
    `### ${verdictSign(suite.verdict ?? 'running')} ${plain(suite.input.title)}: ${verdict}`,
    '',
    said.length === 0
      ? 'No scenario was selected.'
      : `**${said.join(', ')}** of ${String(suite.items.length)}`,
    '',
    [
      `suite ${code(suite.suiteId)}`,
      `seed ${String(suite.seed)}`,
      `revision ${code(suite.input.scenario.gitRevision)}`,
      suite.finishedAt === null
        ? 'not finished'
        : `took ${showDuration(millisecondsOf(suite.startedAt, suite.finishedAt))}`,
      `${String(suite.input.parallel)} at a time`,
    ].join(' · '),
    ...suite.errors.map((error) => `\n💥 ${plain(error)}`),
  ].join('\n');
}

/** Red runs leave room for the table of all items. */
const RED_SHARE = 0.6;

function redBlock(items: readonly SuiteItem[], recorded: ReadonlyMap<string, RunState>): Block {
  return {
    share: RED_SHARE,
    parts: items.map((item) => redItem(item, recorded)),
    separator: '\n\n',
    cut: (missing) =>
      `**Left out for want of room: ${String(missing)} more red items; the table and the page have them.**`,
  };
}

function redItem(item: SuiteItem, recorded: ReadonlyMap<string, RunState>): string {
  const state = stateOfItem(item);
  const summary = decidingRun(item);
  const run = summary === null ? undefined : recorded.get(summary.runId);
  const title = `${verdictSign(state)} <b>${plain(itemName(item))}</b> ${OUTCOME_WORDS[state].word}: ${plain(itemReason(item) ?? OUTCOME_WORDS[state].means)}`;
  const content = run === undefined ? missingRecord(summary) : `run ${code(run.runId)}\n\n${whyRed(run)}`;
  return details(title, content);
}

function missingRecord(summary: RunSummary | null): string {
  return summary === null ? 'No run of it ended.' : `The record of run ${code(summary.runId)} is not here.`;
}

function flakyBlock(items: readonly SuiteItem[]): Block {
  const rows = items.map((item) => `- ${plain(itemName(item))}: ${plain(itemReason(item) ?? '')}`);
  return {
    parts: [`**Flaky: passed only after a try that did not**\n`, ...rows],
    separator: '\n',
    cut: (missing) => `Left out for want of room: ${String(missing)} more lines; the page has them.`,
  };
}

function itemsBlock(items: readonly SuiteItem[]): Block {
  const [headLine = '', ruleLine = '', ...rows] = table(
    ['', 'scenario', 'seed', 'outcome', 'tries', 'gates passed', 'took'],
    items.map(itemRow),
  ).split('\n');
  return {
    parts: [`${headLine}\n${ruleLine}`, ...rows],
    separator: '\n',
    cut: (missing) => `Left out for want of room: ${String(missing)} more items; the page has them.`,
  };
}

function itemRow(item: SuiteItem): readonly string[] {
  const state = stateOfItem(item);
  const summary = decidingRun(item);
  return [
    verdictSign(state),
    plain(itemName(item)),
    String(item.seed),
    OUTCOME_WORDS[state].word,
    String(item.runs.length),
    summary === null ? '–' : `${String(summary.gatesPassed)} of ${String(summary.gates)}`,
    summary === null ? '–' : showDuration(millisecondsOf(summary.startedAt, summary.finishedAt)),
  ];
}

function millisecondsOf(from: string, to: string): number {
  return Date.parse(to) - Date.parse(from);
}
