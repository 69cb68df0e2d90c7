import type { ScenarioInput } from '../src/contracts/runs.ts';
import type { RunSummary } from '../src/contracts/suites.ts';
import { DEADLOCK_PREVENTION } from '../src/contracts/scenarios/index.ts';
import { deadlockPreventionGates } from '../src/assertions/scenarios/deadlock-prevention.ts';
import { phasesWith } from './phases/at.ts';
import { proposeTogether } from './phases/coordination.ts';
import { followExecution } from './phases/execution.ts';
import { runScenario } from './support/run-scenario.ts';

const at = phasesWith(deadlockPreventionGates);

/** Who waits for whom may be said by anybody; a circle never stands, and an order is kept. */
export async function deadlockPrevention(input: ScenarioInput): Promise<RunSummary> {
  return runScenario(DEADLOCK_PREVENTION, input, async (run) => {
    const subject = await run.customer('Acme Corp', 'two-deployments');
    const asked = { subject, agents: ['cost', 'performance'], prefix: 'offers' } as const;
    const offers = { analyse: at('gather-offers'), validate: at('await-opinions') };
    const proposals = await proposeTogether(run, offers, asked);
    const told = { subject, proposals };

    await run.phase(
      'refuse-cycles',
      (call) => call('longWait').refuseCycles(told),
      deadlockPreventionGates['refuse-cycles'],
    );
    await run.phase(
      'refuse-planted-cycle',
      (call) => call('mutate').refusePlantedCycle(told),
      deadlockPreventionGates['refuse-planted-cycle'],
    );
    const { firstId, secondId } = await run.phase(
      'approve-in-order',
      (call) => call('mutate').approveInOrder(told),
      deadlockPreventionGates['approve-in-order'],
    );
    await followExecution(run, at('monitor-execution'), { subject, optimizationId: firstId });
    await run.phase(
      'await-turn',
      (call) => call('longWait').awaitTurn({ subject, firstId, secondId }),
      deadlockPreventionGates['await-turn'],
    );
  });
}
