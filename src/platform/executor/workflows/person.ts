import { CancellationScope, condition, defineQuery, defineUpdate, setHandler } from '@temporalio/workflow';

import type { OptimizationStatus, StepName } from '../../../contracts/api/recommendations.ts';
import {
  CANCEL_UPDATE,
  DECIDE_UPDATE,
  PROGRESS_QUERY,
  type CancelRequest,
  type HumanDecision,
  type RolloutProgress,
} from '../contract.ts';

const cancelRollout = defineUpdate<OptimizationStatus, [CancelRequest]>(CANCEL_UPDATE);
const decideOnHold = defineUpdate<OptimizationStatus, [HumanDecision]>(DECIDE_UPDATE);
const progress = defineQuery<RolloutProgress>(PROGRESS_QUERY);

/** The customer's hand on the rollout: cancel it while it can turn back, decide while it holds. */
export class Person {
  /** Everything that a cancel interrupts runs in here. */
  readonly scope = new CancellationScope();
  status: OptimizationStatus = 'queued';
  cancelled: CancelRequest | null = null;
  /** False once something irreversible has begun. */
  mayTurnBack = true;
  private hold: { readonly reasons: readonly string[]; decision: HumanDecision | null } | null = null;

  constructor(currentStep: () => StepName | null) {
    setHandler(progress, () => ({
      status: this.status,
      step: currentStep(),
      onHold: this.hold?.reasons ?? null,
    }));
    setHandler(
      cancelRollout,
      (request: CancelRequest) => {
        this.cancelled ??= request;
        this.scope.cancel();
        return this.status;
      },
      {
        validator: (_request: CancelRequest) => {
          if (!this.mayTurnBack) throw new Error('the rollout can no longer be cancelled');
        },
      },
    );
    setHandler(
      decideOnHold,
      (decision: HumanDecision) => {
        if (this.hold !== null) this.hold.decision = decision;
        return this.status;
      },
      {
        validator: (_decision: HumanDecision) => {
          if (this.hold === null || this.hold.decision !== null)
            throw new Error('the rollout waits for no decision');
        },
      },
    );
  }

  /** Waits for a decision; null when the deadline passed without one. */
  async decisionWithin(wallMs: number, reasons: readonly string[]): Promise<HumanDecision | null> {
    this.hold = { reasons, decision: null };
    const hold = this.hold;
    try {
      await condition(() => hold.decision !== null, wallMs);
      return hold.decision;
    } finally {
      this.hold = null;
    }
  }
}
