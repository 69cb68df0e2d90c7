import {
  TERMINAL_OPTIMIZATION_STATUSES,
  type ExecutionStep,
  type OptimizationStatus,
} from '../../../contracts/api/recommendations.ts';

/** Where an optimization may go from each state. */
const OPTIMIZATION_TRANSITIONS: Readonly<Record<OptimizationStatus, readonly OptimizationStatus[]>> = {
  queued: ['executing', 'rolling_back', 'failed', 'cancelled'],
  executing: ['awaiting_decision', 'rolling_back', 'completed', 'failed', 'rolled_back', 'cancelled'],
  awaiting_decision: ['executing', 'rolling_back', 'failed', 'rolled_back', 'cancelled'],
  rolling_back: ['rolled_back', 'failed', 'cancelled'],
  completed: [],
  failed: [],
  rolled_back: [],
  cancelled: [],
};

/** `repeat`: the same report again, as a retried activity sends it; it changes nothing. */
export type Move = 'change' | 'repeat' | 'refused';

export function moveOptimization(from: OptimizationStatus, to: OptimizationStatus): Move {
  if (from === to) return 'repeat';
  return OPTIMIZATION_TRANSITIONS[from].includes(to) ? 'change' : 'refused';
}

export type StepStatus = ExecutionStep['status'];

export const STEP_TRANSITIONS: Readonly<Record<StepStatus, readonly StepStatus[]>> = {
  pending: ['running', 'completed', 'failed', 'rolled_back'],
  running: ['completed', 'failed', 'rolled_back'],
  completed: ['rolled_back'],
  failed: ['running', 'rolled_back'],
  rolled_back: [],
};

/** A running step may report new evidence while it runs: that is a `repeat` of status, and stored. */
export function moveStep(from: StepStatus, to: StepStatus): Move {
  if (from === to) return 'repeat';
  return STEP_TRANSITIONS[from].includes(to) ? 'change' : 'refused';
}

export function isTerminal(status: OptimizationStatus): boolean {
  return TERMINAL_OPTIMIZATION_STATUSES.includes(status);
}

export function mayCancel(status: OptimizationStatus): boolean {
  return !isTerminal(status) && status !== 'rolling_back';
}

/** (predicted − measured) ÷ measured; undefined without a measurement that can be divided by. */
export function forecastError(
  predictedUsdPerMonth: number,
  measuredUsdPerMonth: number | null,
): number | undefined {
  if (measuredUsdPerMonth === null || measuredUsdPerMonth === 0) return undefined;
  return (predictedUsdPerMonth - measuredUsdPerMonth) / Math.abs(measuredUsdPerMonth);
}
