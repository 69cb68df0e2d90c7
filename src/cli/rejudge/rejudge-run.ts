import { evidenceOf, judgePhase } from '../../assertions/judge-phase.ts';
import type { ScenarioGates } from '../../assertions/scenarios/index.ts';
import type { GateResult, PhaseRecord, RunState, Verdict } from '../../contracts/runs.ts';

/** A gate whose verdict is another now. `null`: there was no such gate then, or is none any more. */
export interface GateFlip {
  readonly phase: string;
  readonly gate: string;
  readonly before: GateResult['verdict'] | null;
  readonly after: GateResult['verdict'] | null;
  readonly expected: string;
  readonly observed: string;
}
export interface RejudgedPhase {
  readonly phase: string;
  readonly before: Verdict | null;
  readonly after: Verdict | null;
  readonly gates: readonly GateResult[];
}
/** A stored run as these gates judge it. */
export interface RejudgedRun {
  readonly runId: string;
  readonly scenario: string;
  readonly before: Verdict | null;
  readonly after: Verdict | null;
  readonly flips: readonly GateFlip[];
  readonly phases: readonly RejudgedPhase[];
}

/** Judges what a run has seen by these gates, exactly as its frame did by those of then. */
export function rejudgeRun(run: RunState, gates: ScenarioGates): RejudgedRun {
  const phases = run.phases.map((phase) => rejudgePhase(run, phase, gates[phase.name] ?? []));
  return {
    runId: run.runId,
    scenario: run.scenario,
    before: run.verdict,
    after: verdictOf(run, phases),
    flips: run.phases.flatMap((phase, index) => flipsIn(phase, phases[index]?.gates ?? [])),
    phases,
  };
}

/** Only what was judged then can be judged now: a phase that broke or was not reached has no evidence to speak of. */
function rejudgePhase(run: RunState, phase: PhaseRecord, gates: ScenarioGates[string]): RejudgedPhase {
  const { name, verdict: before, durationMs } = phase;
  if (durationMs === null || phase.error !== null || before === null || !isJudgement(before)) {
    return { phase: name, before, after: before, gates: phase.gates };
  }
  const upTo = run.phases.slice(0, run.phases.indexOf(phase) + 1);
  const { gates: results, verdict } = judgePhase(
    { input: run.input, phase, evidence: evidenceOf(upTo), durationMs, hasOutput: hadOutput(phase) },
    gates,
  );
  return { phase: name, before, after: verdict, gates: results };
}

function isJudgement(verdict: Verdict): verdict is GateResult['verdict'] {
  return verdict === 'passed' || verdict === 'failed' || verdict === 'inconclusive';
}

/** Older records do not say so; there, a phase was inconclusive with nothing but passed gates only for that. */
function hadOutput({ withoutOutput, verdict, gates }: PhaseRecord): boolean {
  if (withoutOutput === true) return false;
  return verdict !== 'inconclusive' || gates.length < 2 || gates.some((each) => each.verdict !== 'passed');
}

/**
 * The first phase that does not pass decides, as it did then; one that never ran has proved nothing. What ended a run
 * outside of its phases (a clean-up that failed, a cancellation at the end) still holds.
 */
function verdictOf(run: RunState, phases: readonly RejudgedPhase[]): Verdict | null {
  if (run.verdict === null) return null;
  const bad = phases.find(({ after }) => after !== 'passed');
  if (bad !== undefined) return bad.after ?? 'inconclusive';
  if (run.phases.every(({ verdict }) => verdict === 'passed')) return run.verdict;
  return run.cleanup === 'done' ? 'passed' : 'infra-error';
}

function flipsIn(phase: PhaseRecord, after: readonly GateResult[]): GateFlip[] {
  const names = [...new Set([...phase.gates, ...after].map(({ gate }) => gate))];
  return names.flatMap((gate) => {
    const [then, now] = [phase.gates, after].map((gates) => gates.find((each) => each.gate === gate));
    if (then?.verdict === now?.verdict) return [];
    const told = now ?? then;
    return [
      {
        phase: phase.name,
        gate,
        before: then?.verdict ?? null,
        after: now?.verdict ?? null,
        expected: told?.expected ?? '',
        observed: told?.observed ?? '',
      },
    ];
  });
}

/** Good to bad. */
const ORDER = ['passed', 'inconclusive', 'failed'] as const;

/** To the worse: also a gate that is new and does not pass. */
export function isWorse({ before, after }: GateFlip): boolean {
  return after !== null && ORDER.indexOf(after) > ORDER.indexOf(before ?? 'passed');
}
