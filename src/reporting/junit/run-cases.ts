import type { GateResult, PhaseRecord, RunState, Verdict } from '../../contracts/runs.ts';
import { faultText } from '../fault-position.ts';
import { withUnit } from '../values.ts';
import { VERDICT_WORDS } from '../verdicts.ts';
import { isRed, type Outcome, type TestCase } from './document.ts';

/**
 * Each phase and the clean-up as a case. A failed or inconclusive phase is a failure, broken infrastructure and a
 * cancelled run are errors, a phase that was not reached is skipped. A run that did not pass has a red case.
 */
export function casesOfRun(run: RunState): TestCase[] {
  const cases = [...run.phases.map(phaseCase), cleanUpCase(run)];
  return run.verdict === 'passed' || isRed(cases) ? cases : [...cases, verdictCase(run.verdict)];
}

/** Failure: the platform was judged, or could not be. Error: it was not the platform's turn. Both are red everywhere. */
export function elementOf(verdict: Exclude<Verdict, 'passed'>): 'failure' | 'error' {
  return verdict === 'failed' || verdict === 'inconclusive' ? 'failure' : 'error';
}

/** What is needed to run the same again. */
export function propertiesOfRun(run: RunState): Record<string, string> {
  const { input } = run;
  return {
    run: run.runId,
    verdict: run.verdict ?? 'running',
    attempt: String(run.attempt),
    seed: String(input.seed),
    prices: input.prices,
    preset: input.preset,
    approve: input.approve,
    git_revision: input.gitRevision,
    workflow: run.temporal.workflowId,
    ...(input.faults.length === 0 ? {} : { drill: input.faults.map(faultText).join(', ') }),
  };
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

/** Keeps what has no red case from looking green when its verdict is not. */
export function verdictCase(verdict: Verdict | null): TestCase {
  const outcome: Outcome =
    verdict === null || verdict === 'passed'
      ? { element: 'error', type: 'unfinished', message: 'there is no verdict yet', detail: '' }
      : { element: elementOf(verdict), type: verdict, message: VERDICT_WORDS[verdict].means, detail: '' };
  return { name: 'verdict', seconds: 0, outcome, output: [] };
}
