import type { RunState } from '../contracts/runs.ts';
import type { RunSummary, SuiteItem, SuiteState } from '../contracts/suites.ts';
import { isRed, junitDocument, type TestCase, type TestSuite, type TryElement } from './junit/document.ts';
import { casesOfRun, elementOf, propertiesOfRun, verdictCase } from './junit/run-cases.ts';
import { OUTCOME_WORDS, decidingRun, itemName, itemReason, stateOfItem } from './suite-outcomes.ts';
import type { Surroundings } from './surroundings.ts';
import { VERDICT_WORDS } from './verdicts.ts';

/**
 * JUnit XML of a suite: each item a suite of its own whose cases are the phases of the run that decided. Build services
 * show `flakyFailure` alone as green, so a flaky item has a failure beside it; `skipped` as neutral, so a suite that is
 * not green has a red case even when all its items are blocked.
 */
export function suiteJunitXml(input: {
  readonly suite: SuiteState;
  readonly runs: readonly RunState[];
  readonly surroundings: Surroundings;
}): string {
  const { suite, runs, surroundings } = input;
  const recorded = new Map(runs.map((run) => [run.runId, run]));
  const common = propertiesOfSuite(suite, surroundings);
  const items = suite.items.map((item) => itemSuite(item, suite, recorded, common));
  const overall = overallCases(
    suite,
    items.flatMap(({ cases }) => cases),
  );
  return junitDocument(
    `optiinfra-e2e ${suite.input.title}`,
    overall.length === 0 ? items : [...items, overallSuite(suite, common, overall)],
  );
}

function propertiesOfSuite(suite: SuiteState, { timeScale }: Surroundings): Record<string, string> {
  return {
    suite: suite.suiteId,
    suite_title: suite.input.title,
    suite_verdict: suite.verdict ?? 'running',
    suite_seed: String(suite.seed),
    git_revision: suite.input.scenario.gitRevision,
    time_scale: timeScale === null ? 'not recorded' : String(timeScale),
  };
}

function itemSuite(
  item: SuiteItem,
  suite: SuiteState,
  recorded: ReadonlyMap<string, RunState>,
  common: Record<string, string>,
): TestSuite {
  const summary = decidingRun(item);
  const run = summary === null ? undefined : recorded.get(summary.runId);
  return {
    name: itemName(item),
    className: itemName(item),
    startedAt: summary?.startedAt ?? suite.startedAt,
    properties: {
      ...(run === undefined ? { seed: String(item.seed) } : propertiesOfRun(run)),
      ...common,
      outcome: stateOfItem(item),
      tries: String(item.runs.length),
    },
    cases: itemCases(item, summary, run),
  };
}

function itemCases(
  item: SuiteItem,
  summary: RunSummary | null,
  run: RunState | undefined,
): readonly TestCase[] {
  if (item.outcome === 'blocked') return [skippedCase(`blocked: ${itemReason(item) ?? ''}`)];
  if (summary === null) return [outcomeCase(item, 0)];
  if (run === undefined) return [withTries(outcomeCase(item, secondsOf(summary)), item)];
  const cases = casesOfRun(run);
  if (item.outcome === 'passed' && !isRed(cases)) return cases;
  const red = item.outcome === 'flaky' ? -1 : cases.findIndex((each) => isRed([each]));
  return red < 0
    ? [...cases, withTries(outcomeCase(item, 0), item)]
    : cases.map((each, index) => (index === red ? withTries(each, item) : each));
}

function skippedCase(message: string): TestCase {
  return {
    name: 'run',
    seconds: 0,
    outcome: { element: 'skipped', type: '', message, detail: '' },
    output: [],
  };
}

/** An item without the record of its run, or one whose run alone does not tell how it ended. */
function outcomeCase(item: SuiteItem, seconds: number): TestCase {
  const state = stateOfItem(item);
  const said = itemReason(item) ?? OUTCOME_WORDS[state].means;
  const output = seconds === 0 ? [] : ['The record of this run is not here; the suite kept this much of it.'];
  if (state === 'passed') return { name: 'run', seconds, outcome: null, output };
  const verdict =
    state === 'failed' || state === 'inconclusive' || state === 'flaky' ? 'failed' : 'cancelled';
  return {
    name: 'run',
    seconds,
    outcome: { element: elementOf(verdict), type: state, message: said, detail: '' },
    output,
  };
}

/** The tries before the last: `flaky…` when that one passed, else `rerun…`. */
function withTries(each: TestCase, item: SuiteItem): TestCase {
  const kind = item.outcome === 'flaky' ? 'flaky' : 'rerun';
  const tries = item.runs.slice(0, -1).flatMap(({ runId, verdict, reason }): TryElement[] => {
    if (verdict === 'passed') return [];
    const element =
      elementOf(verdict) === 'failure' ? (`${kind}Failure` as const) : (`${kind}Error` as const);
    return [{ element, type: verdict, message: `${runId}: ${reason ?? VERDICT_WORDS[verdict].means}` }];
  });
  return { ...each, tries };
}

function secondsOf({ startedAt, finishedAt }: RunSummary): number {
  return (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000;
}

/** What no item can say: errors outside of all items, and a verdict that is not green while all cases are. */
function overallCases(suite: SuiteState, cases: readonly TestCase[]): readonly TestCase[] {
  const errors = suite.errors.map((error, index): TestCase => ({
    name: `outside of all items ${String(index + 1)}`,
    seconds: 0,
    outcome: { element: 'error', type: 'infra-error', message: error, detail: '' },
    output: [],
  }));
  if (suite.verdict === 'passed' || isRed([...cases, ...errors])) return errors;
  return [...errors, verdictCase(suite.verdict)];
}

function overallSuite(
  suite: SuiteState,
  properties: Record<string, string>,
  cases: readonly TestCase[],
): TestSuite {
  return { name: 'suite', className: 'suite', startedAt: suite.startedAt, properties, cases };
}
