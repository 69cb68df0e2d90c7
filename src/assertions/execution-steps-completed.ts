import type { Gate } from '../contracts/runs.ts';
import { listEquals } from './facts.ts';

/** Exactly the named steps completed, in this order. */
export function executionStepsCompleted(evidence: string, steps: readonly string[]): Gate {
  return listEquals({ gate: 'execution-steps-completed', evidence, expected: steps });
}
