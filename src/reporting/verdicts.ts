import type { GateResult, PhaseRecord, RunState, Verdict } from '../contracts/runs.ts';

/** How each verdict reads, in a word and in a sentence. */
export const VERDICT_WORDS: Readonly<Record<Verdict, { readonly word: string; readonly means: string }>> = {
  passed: { word: 'passed', means: 'Every gate of every phase held.' },
  failed: { word: 'failed', means: 'A gate did not hold; later phases were not run.' },
  inconclusive: {
    word: 'inconclusive',
    means: 'Evidence was missing or too thin to judge. That is not a pass.',
  },
  'infra-error': {
    word: 'infrastructure error',
    means: 'The environment broke before the platform could be judged.',
  },
  cancelled: { word: 'cancelled', means: 'The run was stopped before its end.' },
};

export interface RedGate {
  readonly phase: PhaseRecord;
  readonly gate: GateResult;
}

/** Every gate that did not pass, failed ones before inconclusive ones, in the order of phases. */
export function redGates(run: RunState): RedGate[] {
  const all = run.phases.flatMap((phase) => redFirst(phase.gates).map((gate) => ({ phase, gate })));
  const of = (verdict: GateResult['verdict']): RedGate[] =>
    all.filter(({ gate }) => gate.verdict === verdict);
  return [...of('failed'), ...of('inconclusive')];
}

const ORDER = { failed: 0, inconclusive: 1, passed: 2 } as const;

/** Gates with failed ones first, then inconclusive ones; otherwise in their own order. */
export function redFirst(gates: readonly GateResult[]): GateResult[] {
  return gates.toSorted((left, right) => ORDER[left.verdict] - ORDER[right.verdict]);
}

export function countPassed(gates: readonly GateResult[]): number {
  return gates.filter(({ verdict }) => verdict === 'passed').length;
}
