import type { ScenarioInput } from '../src/contracts/runs.ts';
import type { RunSummary } from '../src/contracts/suites.ts';
import { MULTI_AGENT_COORDINATION } from '../src/contracts/scenarios/index.ts';
import { multiAgentCoordinationGates } from '../src/assertions/scenarios/coordination.ts';
import { phasesWith } from './phases/at.ts';
import { proposeTogether, settleAndExecute, verifyParticipants } from './phases/coordination.ts';
import { followToCompletion, takeSnapshot } from './phases/execution.ts';
import { inspectFleet, measureLatencyForecast, measureSavings } from './phases/fleet.ts';
import { measureService } from './phases/measures.ts';
import { recordInitialState } from './phases/until-approved.ts';
import { runScenario } from './support/run-scenario.ts';

const at = phasesWith(multiAgentCoordinationGates);

/** Spot nodes or the present ones with another configuration: the agents negotiate, and what they predict is measured. */
export async function multiAgentCoordination(input: ScenarioInput): Promise<RunSummary> {
  return runScenario(MULTI_AGENT_COORDINATION, input, async (run) => {
    const subject = await run.customer('Acme Corp', 'three-nodes');
    const baseline = await recordInitialState(run, at('record-initial-state'), subject);
    const snapshot = await takeSnapshot(run, at('take-snapshot'), subject);
    const proposals = await proposeTogether(
      run,
      { analyse: at('analyse-together'), validate: at('multi-agent-validation') },
      { subject, agents: ['cost', 'performance'], prefix: 'analyses' },
    );
    const hybrid = await settleAndExecute(run, at, { subject, proposals });
    const carriedOut = { subject, snapshot, baseline, ...hybrid };
    const { settledAtMs } = await followToCompletion(run, at('monitor-execution'), carriedOut);
    await verifyParticipants(run, at('verify-participants'), carriedOut);
    await inspectFleet(run, at('verify-fleet'), carriedOut);
    const window = await measureService(run, at('validate-service'), {
      subject,
      prefix: 'after',
      sinceMs: settledAtMs,
    });
    await measureSavings(run, at('validate-savings'), carriedOut);
    await measureLatencyForecast(run, at('validate-latency'), { ...carriedOut, window });
  });
}
