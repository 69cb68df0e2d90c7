import type { ScenarioInput } from '../src/contracts/runs.ts';
import type { RunSummary } from '../src/contracts/suites.ts';
import { SEQUENTIAL_AND_PARALLEL } from '../src/contracts/scenarios/index.ts';
import { sequentialAndParallelGates } from '../src/assertions/scenarios/coordination.ts';
import { phasesWith } from './phases/at.ts';
import { proposeTogether, settleAndExecute, verifyParticipants } from './phases/coordination.ts';
import { takeSnapshot } from './phases/execution.ts';
import { measureService } from './phases/measures.ts';
import { runScenario } from './support/run-scenario.ts';

const at = phasesWith(sequentialAndParallelGates);
/** Not part of the resolution: it comes later, to a deployment that is busy. */
const LATE = { type: 'spot_migration', deployment: 'vllm-prod-2' };

/** What touches nothing in common runs side by side, what shares a deployment strictly in turn. */
export async function sequentialAndParallel(input: ScenarioInput): Promise<RunSummary> {
  return runScenario(SEQUENTIAL_AND_PARALLEL, input, async (run) => {
    const subject = await run.customer('Acme Corp', 'two-small-deployments');
    await takeSnapshot(run, at('take-snapshot'), subject);
    const all = await proposeTogether(
      run,
      { analyse: at('analyse-together'), validate: at('multi-agent-validation') },
      { subject, agents: ['cost', 'performance'], prefix: 'analyses' },
    );
    const isLate = ({ type, deployment }: (typeof all)[number]): boolean =>
      type === LATE.type && deployment === LATE.deployment;
    const proposals = all.filter((each) => !isLate(each));
    const begun = await settleAndExecute(run, at, { subject, proposals });
    const recommendationId = all.find(isLate)?.recommendationId ?? '';
    const late = await run.phase(
      'approve-on-busy',
      (call) => call('mutate').approveOnBusyDeployment({ subject, recommendationId }),
      sequentialAndParallelGates['approve-on-busy'],
    );
    const optimizationIds = [...begun.optimizationIds, late.optimizationId];
    const { settledAtMs } = await run.phase(
      'follow-together',
      (call) => call('longWait').followTogether({ subject, optimizationIds }),
      sequentialAndParallelGates['follow-together'],
    );
    await verifyParticipants(run, at('verify-participants'), { subject, ...begun });
    await measureService(run, at('validate-service'), { subject, prefix: 'after', sinceMs: settledAtMs });
  });
}
