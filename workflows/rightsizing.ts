import type { ScenarioInput } from '../src/contracts/runs.ts';
import type { RunSummary } from '../src/contracts/suites.ts';
import { APPROVAL_DEADLINE_MS, RIGHTSIZING } from '../src/contracts/scenarios/index.ts';
import { rightsizingGates } from '../src/assertions/scenarios/scale-in.ts';
import { phasesWith } from './phases/at.ts';
import { measureLatencyForecast } from './phases/fleet.ts';
import { scaleIn } from './phases/scale-in.ts';
import { createApprovalGate } from './support/approval.ts';
import { runScenario } from './support/run-scenario.ts';

const at = phasesWith(rightsizingGates);

/** A fleet of which a tenth is needed at its P95 minute is halved. */
export async function rightsizing(input: ScenarioInput): Promise<RunSummary> {
  const approvals = createApprovalGate(APPROVAL_DEADLINE_MS);
  return runScenario(RIGHTSIZING, input, async (run) => {
    const subject = await run.customer('Acme Corp', 'over-provisioned');
    const scaledIn = await scaleIn(run, at, approvals, { subject, type: 'rightsizing' });
    await measureLatencyForecast(run, at('validate-latency'), { subject, ...scaledIn });
  });
}
