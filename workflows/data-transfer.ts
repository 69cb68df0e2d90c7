import type { FleetChoice } from '../src/contracts/fleets.ts';
import type { ScenarioInput } from '../src/contracts/runs.ts';
import type { RunSummary } from '../src/contracts/suites.ts';
import { DATA_TRANSFER } from '../src/contracts/scenarios/index.ts';
import { dataTransferGates } from '../src/assertions/scenarios/cross-cloud-optimization.ts';
import { phasesWith } from './phases/at.ts';
import { takeSnapshot, verifyRestored } from './phases/execution.ts';
import { compareWithOptimum, findOptimum } from './phases/placement.ts';
import { recordInitialState, triggerAnalysis } from './phases/until-approved.ts';
import { runScenario } from './support/run-scenario.ts';

const at = phasesWith(dataTransferGates);

const TEXT: FleetChoice = { like: 'gcp', change: { places: [{ provider: 'aws', region: 'us-east-1' }] } };

/** Cheaper machines are no saving when what their users send costs more to get there. */
export async function dataTransfer(input: ScenarioInput): Promise<RunSummary> {
  return runScenario(DATA_TRANSFER, input, async (run) => {
    const sent = run.setting('users-send');
    const subject = await run.customer('Acme Corp', sent === 'text' ? TEXT : 'gcp-photographs');
    await recordInitialState(run, at('record-initial-state'), subject);
    await findOptimum(run, at('find-optimum'), subject);
    const snapshot = await takeSnapshot(run, at('take-snapshot'), subject);
    const { analysisId } = await triggerAnalysis(run, at('trigger-cost-analysis'), subject, 'cost');
    await compareWithOptimum(run, at('compare-with-optimum'), { subject, analysisId });
    await verifyRestored(run, at('verify-unchanged'), { subject, snapshot });
  });
}
