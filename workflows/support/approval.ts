import { CancellationScope, condition, defineUpdate, setHandler } from '@temporalio/workflow';

import type { Observation, RunSubject } from '../../src/contracts/activities.ts';
import { DECIDE_UPDATE, type ApprovalDecision, type ScenarioInput } from '../../src/contracts/runs.ts';
import type { PhaseCall } from './run-scenario.ts';

export const decideUpdate = defineUpdate<string, [ApprovalDecision]>(DECIDE_UPDATE);

/** A person's decision, accepted only while the run waits for one. */
export interface ApprovalGate {
  /** Resolves with the decision; rejects when the surrounding scope is cancelled. */
  decision(): Promise<ApprovalDecision>;
}

export function createApprovalGate(): ApprovalGate {
  let waiting = false;
  let decided: ApprovalDecision | null = null;
  setHandler(
    decideUpdate,
    (decision) => {
      decided = decision;
      return `${decision.decision} recorded for ${decision.by}`;
    },
    {
      description: 'Approve or reject the waiting recommendation: {decision, by, reason}',
      validator: (decision: ApprovalDecision) => {
        if (!waiting) throw new Error('the run does not wait for an approval now');
        if (decided !== null) throw new Error(`already decided by ${decided.by}`);
        if (!['approve', 'reject'].includes(decision.decision))
          throw new Error('decision must be approve or reject');
        if (decision.by.trim() === '') throw new Error('by must name the person who decides');
        if (decision.reason.trim() === '') throw new Error('reason must say why');
      },
    },
  );
  return {
    decision: async () => {
      waiting = true;
      await condition(() => decided !== null);
      waiting = false;
      if (decided === null) throw new Error('unreachable: the condition held');
      return decided;
    },
  };
}

const AUTOMATIC: ApprovalDecision = {
  decision: 'approve',
  by: 'scenario (automatic)',
  reason: 'all validations are there and none is a veto',
};

interface Recommended {
  readonly subject: RunSubject;
  readonly recommendationId: string;
}

/** `auto` decides at once; `manual` waits for a person, by Update or in the portal, whichever comes first. */
export async function decideAndApprove(
  call: PhaseCall,
  gate: ApprovalGate,
  mode: ScenarioInput['approve'],
  recommended: Recommended,
): Promise<Observation<{ optimizationId: string }>> {
  if (mode === 'auto') return call('mutate').approve({ ...recommended, decision: AUTOMATIC });
  const decision = await firstDecision(call, gate, recommended);
  return decision.elsewhere
    ? call('probe').recordDecision(recommended)
    : call('mutate').approve({ ...recommended, decision: decision.made });
}

async function firstDecision(
  call: PhaseCall,
  gate: ApprovalGate,
  recommended: Recommended,
): Promise<{ elsewhere: boolean; made: ApprovalDecision }> {
  return CancellationScope.cancellable(async () => {
    const elsewhere = call('longWait')
      .awaitDecisionElsewhere(recommended)
      .then((made) => ({ elsewhere: true, made }));
    const here = gate.decision().then((made) => ({ elsewhere: false, made }));
    try {
      return await Promise.race([elsewhere, here]);
    } finally {
      // The loser is left to end quietly: its cancellation is expected.
      CancellationScope.current().cancel();
      await Promise.allSettled([elsewhere, here]);
    }
  });
}
