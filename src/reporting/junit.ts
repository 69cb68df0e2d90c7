import type { GateResult, PhaseRecord, RunState, Verdict } from '../contracts/runs.ts';
import { escapeMarkup } from './html/markup.ts';
import { withUnit } from './values.ts';
import { VERDICT_WORDS } from './verdicts.ts';
import { faultText } from './fault-position.ts';

/** One test case with at most one of the three outcomes that readers of JUnit know. */
interface TestCase {
  readonly name: string;
  readonly seconds: number;
  readonly outcome: Outcome | null;
  /** Shown beside the case; what a person would read in the console. */
  readonly output: readonly string[];
}
interface Outcome {
  readonly element: 'failure' | 'error' | 'skipped';
  readonly type: string;
  readonly message: string;
  readonly detail: string;
}

/**
 * JUnit XML of one run: the scenario a suite, each phase and the clean-up a case. A failed or inconclusive phase is a
 * failure, broken infrastructure and a cancelled run are errors, a phase that was not reached is skipped. A run that
 * did not pass has at least one red case.
 */
export function junitXml(run: RunState): string {
  const cases = casesOf(run);
  const totals = totalsOf(cases);
  const suite = `name="${attribute(run.scenario)}" ${totals} timestamp="${attribute(run.startedAt.slice(0, 19))}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="optiinfra-e2e" ${totals}>`,
    `  <testsuite ${suite}>`,
    '    <properties>',
    ...propertiesOf(run),
    '    </properties>',
    ...cases.flatMap((each) => caseLines(run.scenario, each)),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function totalsOf(cases: readonly TestCase[]): string {
  const count = (element: Outcome['element']): number =>
    cases.filter(({ outcome }) => outcome?.element === element).length;
  const seconds = cases.reduce((sum, each) => sum + each.seconds, 0);
  return [
    `tests="${String(cases.length)}"`,
    `failures="${String(count('failure'))}"`,
    `errors="${String(count('error'))}"`,
    `skipped="${String(count('skipped'))}"`,
    `time="${seconds.toFixed(3)}"`,
  ].join(' ');
}

function casesOf(run: RunState): TestCase[] {
  const cases = [...run.phases.map(phaseCase), cleanUpCase(run)];
  const isRed = cases.some(({ outcome }) => outcome !== null && outcome.element !== 'skipped');
  return run.verdict === 'passed' || isRed ? cases : [...cases, verdictCase(run)];
}

function phaseCase(phase: PhaseRecord): TestCase {
  return {
    name: `${String(phase.number)} ${phase.name}`,
    seconds: (phase.durationMs ?? 0) / 1000,
    outcome: phaseOutcome(phase),
    output: [
      ...phase.notes,
      ...phase.gates.map((gate) => `${gate.verdict}: ${gate.gate}: ${withUnit(gate.observed, gate.unit)}`),
    ],
  };
}

function phaseOutcome({ verdict, gates, error }: PhaseRecord): Outcome | null {
  if (verdict === 'passed') return null;
  if (verdict === null) return { element: 'skipped', type: '', message: 'not reached', detail: '' };
  const red = gates.filter((gate) => gate.verdict !== 'passed');
  const said = [...(error === null ? [] : [error]), ...red.map(({ gate, reason }) => `${gate}: ${reason}`)];
  return {
    element: elementOf(verdict),
    type: verdict,
    message: said.length === 0 ? VERDICT_WORDS[verdict].means : said.join('; '),
    detail: red.map(redLine).join('\n'),
  };
}

function elementOf(verdict: Exclude<Verdict, 'passed'>): 'failure' | 'error' {
  return verdict === 'failed' || verdict === 'inconclusive' ? 'failure' : 'error';
}

function redLine({ gate, expected, observed, unit, source, sampleSize }: GateResult): string {
  const samples = sampleSize === null ? '' : `, ${String(sampleSize)} samples`;
  return `${gate}: expected ${expected}, observed ${withUnit(observed, unit)} (${source}${samples})`;
}

function cleanUpCase({ cleanup, errors = [] }: RunState): TestCase {
  const outcome: Outcome | null =
    cleanup === 'done'
      ? null
      : cleanup === 'failed'
        ? { element: 'error', type: 'infra-error', message: 'clean-up failed', detail: errors.join('\n') }
        : { element: 'skipped', type: '', message: 'not begun', detail: '' };
  return { name: 'clean-up', seconds: 0, outcome, output: errors };
}

/** Keeps a run without a red phase from looking green when its verdict is not. */
function verdictCase({ verdict }: RunState): TestCase {
  const outcome: Outcome =
    verdict === null || verdict === 'passed'
      ? { element: 'error', type: 'unfinished', message: 'the run has no verdict yet', detail: '' }
      : { element: elementOf(verdict), type: verdict, message: VERDICT_WORDS[verdict].means, detail: '' };
  return { name: 'verdict', seconds: 0, outcome, output: [] };
}

function propertiesOf(run: RunState): string[] {
  const { input } = run;
  const values = {
    run: run.runId,
    verdict: run.verdict ?? 'running',
    attempt: String(run.attempt),
    seed: String(input.seed),
    prices: input.prices,
    preset: input.preset,
    approve: input.approve,
    git_revision: input.gitRevision,
    workflow: run.temporal.workflowId,
    ...(input.faults.length === 0
      ? {}
      : {
          drill: input.faults.map(faultText).join(', '),
        }),
  };
  return Object.entries(values).map(
    ([name, value]) => `      <property name="${name}" value="${attribute(value)}"/>`,
  );
}

function caseLines(scenario: string, { name, seconds, outcome, output }: TestCase): string[] {
  const head = `    <testcase classname="${attribute(scenario)}" name="${attribute(name)}" time="${seconds.toFixed(3)}"`;
  const inside = [
    ...(outcome === null ? [] : [`      ${outcomeElement(outcome)}`]),
    ...(output.length === 0 ? [] : [`      <system-out>${escapeMarkup(output.join('\n'))}</system-out>`]),
  ];
  return inside.length === 0 ? [`${head}/>`] : [`${head}>`, ...inside, '    </testcase>'];
}

function outcomeElement({ element, type, message, detail }: Outcome): string {
  if (element === 'skipped') return `<skipped message="${attribute(message)}"/>`;
  const head = `<${element} type="${attribute(type)}" message="${attribute(message)}"`;
  return detail === '' ? `${head}/>` : `${head}>${escapeMarkup(detail)}</${element}>`;
}

/** A parser turns a line break in an attribute into a space unless it is written as a reference. */
function attribute(text: string): string {
  return escapeMarkup(text).replaceAll('\n', '&#10;').replaceAll('\r', '&#13;').replaceAll('\t', '&#9;');
}
