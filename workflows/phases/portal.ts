import type { RunSubject } from '../../src/contracts/activities.ts';
import type { ScenarioRun } from '../support/run-scenario.ts';
import type { At } from './at.ts';

/**
 * What a customer does in the portal, through the portal's own port. The seam for a browser: the same phases, with the
 * same gates, may drive the pages instead.
 */
export async function readDashboard(
  run: ScenarioRun,
  { phase, gates }: At,
  subject: RunSubject,
): Promise<string> {
  const { highestSavingId } = await run.phase(
    phase,
    (call) => call('probe').readDashboard({ subject }),
    gates,
  );
  return highestSavingId;
}

export async function approveInPortal(
  run: ScenarioRun,
  { phase, gates }: At,
  chosen: { readonly subject: RunSubject; readonly recommendationId: string },
): Promise<string> {
  const { optimizationId } = await run.phase(phase, (call) => call('mutate').approveInPortal(chosen), gates);
  run.remember({ optimizationId });
  return optimizationId;
}

/** The rollout followed to its end, and then every live update counted as the page would receive it. */
export async function watchRollout(
  run: ScenarioRun,
  { phase, gates }: At,
  { subject, optimizationId }: { readonly subject: RunSubject; readonly optimizationId: string },
): Promise<void> {
  const actions = run.stepActions(phase);
  await run.phase(
    phase,
    async (call) => {
      const ended = await call('longWait').monitorExecution({ subject, optimizationId, actions });
      const counted = await call('probe').countLiveUpdates({ subject });
      return {
        evidence: [...ended.evidence, ...counted.evidence],
        notes: [...ended.notes, ...counted.notes],
        output: ended.output,
      };
    },
    gates,
  );
}
