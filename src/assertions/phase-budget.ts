import type { GateResult } from '../contracts/runs.ts';

/** Every phase has one gate of its own: it ended within its budget of wall time. */
export function phaseBudget(phase: string, durationMs: number, budgetMs: number): GateResult {
  const passed = durationMs <= budgetMs;
  return {
    gate: 'phase-budget',
    verdict: passed ? 'passed' : 'failed',
    expected: `≤ ${seconds(budgetMs)} s`,
    observed: `${seconds(durationMs)} s`,
    unit: '',
    source: 'workflow time',
    sampleSize: null,
    reason: passed ? 'within its budget' : `${phase} took longer than its budget`,
    evidence: [],
  };
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}
