import type { Observation, RunSubject } from '../../src/contracts/activities.ts';
import type { ScenarioRun } from '../support/run-scenario.ts';
import type { At } from './at.ts';

/** Every placement of every deployment, tried by the harness. */
export async function findOptimum(
  run: ScenarioRun,
  { phase, gates }: At,
  subject: RunSubject,
): Promise<void> {
  await run.phase(phase, (call) => call('probe').findOptimum({ subject, prefix: 'before' }), gates);
}

/** What the analysis proposes, beside the optimum by the prices of now; with what else it says, when asked for. */
export async function compareWithOptimum(
  run: ScenarioRun,
  { phase, gates }: At,
  compared: { readonly subject: RunSubject; readonly analysisId: string },
): Promise<void> {
  await run.phase(
    phase,
    async (call) => {
      const said = await call('longWait').readAnalysis(compared);
      const placed = await call('probe').readPlacements(compared);
      const optimum = await call('probe').findOptimum({ subject: compared.subject, prefix: 'after' });
      return together(said, placed, optimum);
    },
    gates,
  );
}

function together(...seen: readonly Observation[]): Observation {
  return {
    evidence: seen.flatMap(({ evidence }) => evidence),
    notes: seen.flatMap(({ notes }) => notes),
    output: {},
  };
}
