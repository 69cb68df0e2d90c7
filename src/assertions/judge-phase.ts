import type {
  Evidence,
  Gate,
  GateResult,
  PhaseDefinition,
  PhaseRecord,
  RunState,
} from '../contracts/runs.ts';
import { actionsStruck } from './actions-struck.ts';
import { phaseBudget } from './phase-budget.ts';

/** What a phase is judged by, while it runs and when its record is judged again. */
export interface JudgedPhase {
  readonly input: RunState['input'];
  readonly phase: PhaseDefinition;
  /** Of this phase and all before it. */
  readonly evidence: readonly Evidence[];
  readonly durationMs: number;
  /** Did the phase give what the next ones need? */
  readonly hasOutput: boolean;
}
export interface PhaseJudgement {
  readonly gates: readonly GateResult[];
  readonly verdict: GateResult['verdict'];
}

/** Gates of the phase, that of the faults planned in it, its budget; then the worst of them. */
export function judgePhase(judged: JudgedPhase, gates: readonly Gate[]): PhaseJudgement {
  const { input, phase, durationMs, hasOutput } = judged;
  const known = Object.fromEntries(judged.evidence.map((each) => [each.name, each] as const));
  const planned = input.faults.some((fault) => fault.phase === phase.name && fault.step !== undefined);
  const judging = planned ? [...gates, actionsStruck()] : gates;
  const budget = phaseBudget(phase.name, durationMs, budgetMsOf(phase, input));
  const results = [...onceEach(judging.map((gate) => gate(known))), budget];
  return { gates: results, verdict: worstOf(results, hasOutput) };
}

/** Wall milliseconds that a phase may take: longer when a person decides in it. */
export function budgetMsOf({ budgetMs, manualBudgetMs }: PhaseDefinition, input: RunState['input']): number {
  if (input.approve !== 'manual' || manualBudgetMs === undefined) return budgetMs;
  return input.approval === undefined ? manualBudgetMs : input.approval.deadlineMs + budgetMs;
}

export function evidenceOf(phases: readonly PhaseRecord[]): readonly Evidence[] {
  return phases.flatMap(({ evidence }) => evidence);
}

/** A scenario may ask by itself what its planned faults ask for it. */
function onceEach(results: readonly GateResult[]): readonly GateResult[] {
  return results.filter(({ gate }, index) => results.findIndex((each) => each.gate === gate) === index);
}

/** A phase with no gate but its budget proves nothing, and one without output leads nowhere: neither can pass. */
function worstOf(results: readonly GateResult[], hasOutput: boolean): GateResult['verdict'] {
  if (results.some(({ verdict }) => verdict === 'failed')) return 'failed';
  if (results.length < 2 || !hasOutput || results.some(({ verdict }) => verdict === 'inconclusive'))
    return 'inconclusive';
  return 'passed';
}
