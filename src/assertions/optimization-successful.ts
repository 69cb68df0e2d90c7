import type { Gate } from '../contracts/runs.ts';
import { textIn } from './facts.ts';

/** The optimization ended `completed`. Rolled back, failed and cancelled are red. */
export function optimizationSuccessful(evidence: string): Gate {
  return textIn({ gate: 'optimization-successful', evidence, allowed: ['completed'] });
}
