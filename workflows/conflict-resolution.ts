import type { AgentType } from '../src/contracts/api/common.ts';
import type { ScenarioInput } from '../src/contracts/runs.ts';
import type { RunSummary } from '../src/contracts/suites.ts';
import { CONFLICT_RESOLUTION } from '../src/contracts/scenarios/index.ts';
import { conflictResolutionGates } from '../src/assertions/scenarios/coordination.ts';
import { phasesWith } from './phases/at.ts';
import {
  analyseTogether,
  proposeTogether,
  settleAndExecute,
  verifyParticipants,
} from './phases/coordination.ts';
import { followToCompletion, takeSnapshot } from './phases/execution.ts';
import { measureService } from './phases/measures.ts';
import { fleetPreferring } from './phases/preferences.ts';
import { runScenario } from './support/run-scenario.ts';

const at = phasesWith(conflictResolutionGates);
const AGENTS: readonly AgentType[] = ['cost', 'performance', 'resource'];

/** Spot nodes, another configuration or fewer nodes: one is carried out, and the agents are asked again. */
export async function conflictResolution(input: ScenarioInput): Promise<RunSummary> {
  return runScenario(CONFLICT_RESOLUTION, input, async (run) => {
    const prefer = run.setting('prefer');
    const subject = await run.customer('Acme Corp', fleetPreferring('untuned-and-too-large', prefer));
    await takeSnapshot(run, at('take-snapshot'), subject);
    const proposals = await proposeTogether(
      run,
      { analyse: at('analyse-together'), validate: at('multi-agent-validation') },
      { subject, agents: AGENTS, prefix: 'analyses' },
    );
    const won = await settleAndExecute(run, at, { subject, proposals });
    const { settledAtMs } = await followToCompletion(run, at('monitor-execution'), { subject, ...won });
    await verifyParticipants(run, at('verify-participants'), { subject, ...won });
    await measureService(run, at('validate-service'), { subject, prefix: 'after', sinceMs: settledAtMs });
    const anew = await analyseTogether(run, at('replan'), { subject, agents: AGENTS, prefix: 'replan' });
    await run.phase(
      'verify-replan',
      (call) =>
        call('probe').compareWithExecuted({
          subject,
          executedRecommendationId: won.recommendationId,
          proposals: anew,
        }),
      conflictResolutionGates['verify-replan'],
    );
  });
}
