import type { ScenarioInput } from '../src/contracts/runs.ts';
import type { RunSummary } from '../src/contracts/suites.ts';
import { PRIORITY_RESOLUTION } from '../src/contracts/scenarios/index.ts';
import { priorityResolutionGates } from '../src/assertions/scenarios/coordination.ts';
import { phasesWith } from './phases/at.ts';
import { proposeTogether, resolveConflict } from './phases/coordination.ts';
import { fleetPreferring } from './phases/preferences.ts';
import { runScenario, type ScenarioRun } from './support/run-scenario.ts';

const at = phasesWith(priorityResolutionGates);

/** The same conflict at two customers, of whom one has said what matters most. */
export async function priorityResolution(input: ScenarioInput): Promise<RunSummary> {
  return runScenario(PRIORITY_RESOLUTION, input, async (run) => {
    await settleAs(run, 'without', 'none');
    await settleAs(run, 'with', run.setting('prefer'));
  });
}

async function settleAs(run: ScenarioRun, name: 'without' | 'with', prefer: string): Promise<void> {
  const subject = await run.customer(
    name === 'without' ? 'Acme Corp' : 'Twin of Acme',
    fleetPreferring('acme', prefer),
  );
  const proposals = await proposeTogether(
    run,
    { analyse: at(`analyse-${name}`), validate: at(`validate-${name}`) },
    { subject, agents: ['cost', 'performance'], prefix: name },
  );
  await resolveConflict(run, at(`resolve-${name}`), { subject, proposals, prefix: `${name}-preference` });
}
