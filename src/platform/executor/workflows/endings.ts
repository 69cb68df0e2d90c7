import { isCancellation } from '@temporalio/workflow';

import type { OptimizationResult } from '../../../contracts/api/recommendations.ts';
import { patient, quick } from './activity-proxies.ts';
import { lostLease, reasonOf } from './journal.ts';
import type { Person } from './person.ts';
import type { Report, Rollout } from './rollout.ts';

/** All steps done: what it brought, measured from what now runs. A saving that cannot be measured is not reported as one. */
export async function finish(rollout: Rollout | null, report: Report): Promise<void> {
  if (rollout === null) return;
  const { order, snapshot, fleet, finalSinceMs } = rollout;
  try {
    const outcome = await quick.measureOutcome({ order, snapshot, sinceWorldMs: finalSinceMs });
    const result: OptimizationResult = {
      success: true,
      reason: 'all steps completed',
      original_state_restored: null,
      differences: [],
      measured: { ...outcome.measured, replaced_nodes: fleet.replaced.length },
    };
    await report('completed', { result, savings: outcome.actualSavingsUsdPerMonth });
  } catch (error) {
    const reason = `all steps completed, but the outcome could not be measured: ${reasonOf(error)}`;
    await report('failed', { result: ended(reason) });
  }
}

/** Undoes what can be undone, reads the state again and says how it ended. */
export async function turnBack(
  rollout: Rollout | null,
  person: Person,
  report: Report,
  error: unknown,
): Promise<void> {
  person.mayTurnBack = false;
  const reason = whyStopped(error, person);
  const wasCancelled = isCancellation(error);
  if (rollout === null) {
    await report(wasCancelled ? 'cancelled' : 'failed', { result: ended(reason) });
    return;
  }
  const { order, snapshot, journal, fleet } = rollout;
  if (lostLease(error)) {
    const differences = journal.undoable.map((what) => `not undone: ${what}`);
    await report('failed', { result: ended(reason, { restored: false, differences }) });
    return;
  }
  await report('rolling_back');
  await loseGone(rollout);
  const problems = await journal.undoAll();
  const state = await patient.verifyRestored({ order, snapshot });
  const irreversible = fleet.terminated.map((id) => describeTerminated(id, fleet.now(id)));
  const differences = [...irreversible, ...problems, ...state.differences];
  const restored = state.restored && problems.length === 0 && irreversible.length === 0;
  const turned = wasCancelled ? 'cancelled' : 'rolled_back';
  await report(problems.length > 0 ? 'failed' : turned, {
    result: ended(reason, { restored, differences, measured: state.measured }),
  });
}

/** No way back leads to a node that is gone, or goes. */
async function loseGone({ order, fleet }: Rollout): Promise<void> {
  const gone = await quick.findLost({ order, instanceIds: fleet.known });
  for (const id of gone) fleet.lose(id);
}

function describeTerminated(id: string, successor: string | null): string {
  const after =
    successor === null || successor === id
      ? 'nothing stands in its place'
      : `${successor} was made on demand in its place`;
  return `irreversible: instance ${id} is terminated; ${after}`;
}

function whyStopped(error: unknown, { cancelled }: Person): string {
  if (!isCancellation(error)) return reasonOf(error);
  return cancelled === null ? 'cancelled' : `cancelled by ${cancelled.by}: ${cancelled.reason}`;
}

function ended(
  reason: string,
  state: {
    restored?: boolean;
    differences?: readonly string[];
    measured?: Readonly<Record<string, number>>;
  } = {},
): OptimizationResult {
  return {
    success: false,
    reason,
    original_state_restored: state.restored ?? null,
    differences: state.differences ?? [],
    measured: state.measured ?? {},
  };
}
