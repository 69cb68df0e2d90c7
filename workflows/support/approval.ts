import { CancellationScope, condition, defineUpdate, setHandler } from '@temporalio/workflow';

import type { Observation, RunSubject } from '../../src/contracts/activities.ts';
import {
  DECIDE_UPDATE,
  type ApprovalDecision,
  type ApprovalTerms,
  type ScenarioInput,
} from '../../src/contracts/runs.ts';
import type { PhaseCall } from './run-scenario.ts';

const decideUpdate = defineUpdate<string, [ApprovalDecision]>(DECIDE_UPDATE);

/** A person's decision, accepted only while the run waits for one. */
export interface ApprovalGate {
  /**
   * Asks for one decision: of a person, or what the terms say when nobody decided in time. Null when that is nothing;
   * rejects when the surrounding scope is cancelled. A scenario may ask several times, each for itself.
   */
  decision(phase: string, terms?: ApprovalTerms): Promise<ApprovalDecision | null>;
}

export function createApprovalGate(deadlineMs: number): ApprovalGate {
  let waiting: string | null = null;
  let decided: ApprovalDecision | null = null;
  setHandler(
    decideUpdate,
    (decision) => {
      decided = decision;
      return `${decision.decision} recorded for ${decision.by}`;
    },
    {
      description: 'Approve or reject the waiting recommendation: {decision, by, reason}',
      validator: (decision) => {
        if (decided !== null) throw new Error(`already decided by ${decided.by}`);
        if (waiting === null) throw new Error('the run does not wait for an approval now');
        refuseMalformed(decision, waiting);
      },
    },
  );
  return {
    decision: async (phase, terms = { deadlineMs, otherwise: 'undecided' }) => {
      waiting = phase;
      decided = null;
      try {
        return (await condition(() => decided !== null, terms.deadlineMs)) ? decided : defaultOf(terms);
      } finally {
        waiting = null;
      }
    },
  };
}

/** Recorded as a decision like any other: who reads the audit must see that no person took it. */
function defaultOf({ deadlineMs, otherwise }: ApprovalTerms): ApprovalDecision | null {
  if (otherwise === 'undecided') return null;
  const reason = `nobody decided within ${String(deadlineMs / 1000)} s`;
  return { decision: otherwise, by: 'deadline (default)', reason };
}

/** An Update may be typed by hand in Temporal's UI, so nothing is sure of its argument. */
function refuseMalformed(update: unknown, waiting: string): void {
  const { decision, by, reason, phase } = (update ?? {}) as Readonly<Record<string, unknown>>;
  if (decision !== 'approve' && decision !== 'reject') throw new Error('decision must be approve or reject');
  if (isBlank(by)) throw new Error('by must name the person who decides');
  if (isBlank(reason)) throw new Error('reason must say why');
  if (phase !== undefined && phase !== waiting)
    throw new Error(`the run asks in ${waiting}, the decision is for another phase`);
}

function isBlank(text: unknown): boolean {
  return typeof text !== 'string' || text.trim() === '';
}

const AUTOMATIC: ApprovalDecision = {
  decision: 'approve',
  by: 'scenario (automatic)',
  reason: 'all validations are there and none is a veto',
};

/** Nothing was decided, so nothing can be judged. */
const UNDECIDED: Observation<never> = {
  evidence: [],
  notes: ['Nobody decided before the deadline'],
  output: null,
};

interface Recommended {
  readonly subject: RunSubject;
  readonly recommendationId: string;
}

/** `auto` decides at once; `manual` waits for a person, by Update or in the portal, whichever comes first. */
export async function decideAndApprove(
  call: PhaseCall,
  gate: ApprovalGate,
  { approve, approval }: Pick<ScenarioInput, 'approve' | 'approval'>,
  recommended: Recommended,
  phase: string,
): Promise<Observation<{ optimizationId: string }>> {
  if (approve === 'auto') return call('mutate').approve({ ...recommended, decision: AUTOMATIC });
  const { elsewhere, made } = await firstDecision(call, () => gate.decision(phase, approval), recommended);
  if (made === null) return UNDECIDED;
  return elsewhere
    ? call('probe').recordDecision(recommended)
    : call('mutate').approve({ ...recommended, decision: made });
}

async function firstDecision(
  call: PhaseCall,
  decision: () => Promise<ApprovalDecision | null>,
  recommended: Recommended,
): Promise<{ elsewhere: boolean; made: ApprovalDecision | null }> {
  return CancellationScope.cancellable(async () => {
    const elsewhere = call('longWait')
      .awaitDecisionElsewhere(recommended)
      .then((made) => ({ elsewhere: true, made }));
    const here = decision().then((made) => ({ elsewhere: false, made }));
    try {
      return await Promise.race([elsewhere, here]);
    } finally {
      // The loser is left to end quietly: its cancellation is expected.
      CancellationScope.current().cancel();
      await Promise.allSettled([elsewhere, here]);
    }
  });
}
