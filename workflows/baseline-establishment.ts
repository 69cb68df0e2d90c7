import type { ScenarioInput } from '../src/contracts/runs.ts';
import type { RunSummary } from '../src/contracts/suites.ts';
import { BASELINE_ESTABLISHMENT } from '../src/contracts/scenarios/index.ts';
import type { WorldAction } from '../src/contracts/world-actions.ts';
import { baselineEstablishmentGates } from '../src/assertions/scenarios/quality.ts';
import { phasesWith } from './phases/at.ts';
import { establishBaseline, together } from './phases/quality.ts';
import { runScenario } from './support/run-scenario.ts';

const at = phasesWith(baselineEstablishmentGates);
/** Queues grow until requests are given up, golden prompts among them. */
const OVERLOADED: WorldAction = { kind: 'slow-nodes', lifecycle: 'on_demand', factor: 4 };

/** A customer who answers gets a baseline; one whose nodes cannot answer in time gets none, and is told why. */
export async function baselineEstablishment(input: ScenarioInput): Promise<RunSummary> {
  return runScenario(BASELINE_ESTABLISHMENT, input, async (run) => {
    await establishBaseline(run, at, await run.customer('Acme Corp'));
    const overloaded = await run.customer('Overloaded Corp', 'small');
    const { phase, gates } = at('refuse-thin-baseline');
    await run.phase(
      phase,
      async (call) => {
        const subject = overloaded;
        const slowed = await call('mutate').act({ subject, name: 'overload', action: OVERLOADED });
        const asked = await call('mutate').triggerAnalysis({ subject, agentType: 'application' });
        if (asked.output === null) return { ...asked, output: null };
        const { analysisId } = asked.output;
        const seen = await call('longWait').readBaseline({ subject, analysisId, prefix: 'thin' });
        return together(slowed, seen);
      },
      gates,
    );
  });
}
