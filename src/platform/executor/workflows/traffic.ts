import type { EngineConfiguration } from '../../../contracts/api/customers.ts';
import type { StepEvidence } from '../contract.ts';
import type { Weights } from '../policy/weights.ts';
import { SETTLE_MS } from '../policy/windows.ts';
import { patient } from './activity-proxies.ts';
import { lostLease, type RegisterUndo } from './journal.ts';
import { refillLost } from './nodes.ts';
import type { Rollout } from './rollout.ts';

export interface Shifted {
  /** World time from which the new weights may be judged. */
  readonly sinceMs: number;
  readonly evidence: StepEvidence;
}

/** Moves traffic, having noted the way back. */
export async function shift(rollout: Rollout, to: Weights, undo: RegisterUndo): Promise<Shifted> {
  const back = rollout.fleet.weights;
  undo('move the traffic back', () => setWeights(rollout, back, 'move traffic back'));
  return shiftForward(rollout, to);
}

/** A node may be lost in the very moment: then it is replaced and the traffic is moved again. */
export async function shiftForward(rollout: Rollout, to: Weights): Promise<Shifted> {
  await refillLost(rollout);
  try {
    return await setWeights(rollout, to, 'move traffic');
  } catch (error) {
    if (lostLease(error) || !(await refillLost(rollout))) throw error;
    return setWeights(rollout, to, 'move traffic again');
  }
}

/** Writes weights for the nodes that stand there now. Weights without any such node change nothing. */
export async function setWeights(
  { order, fleet }: Rollout,
  weights: Weights,
  summary: string,
  configurations: Readonly<Record<string, EngineConfiguration>> = {},
): Promise<Shifted> {
  const now = fleet.translate(weights);
  if (now === null) throw new Error('none of the nodes that should carry the traffic is there');
  const moved = await patient.shiftTraffic.executeWithOptions({ summary }, [
    { order, weights: now, configurations },
  ]);
  fleet.weights = weights;
  return { sinceMs: moved.appliedAtWorldMs + SETTLE_MS, evidence: moved.evidence };
}
