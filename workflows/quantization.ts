import type { RunSubject } from '../src/contracts/activities.ts';
import type { ScenarioInput } from '../src/contracts/runs.ts';
import type { RunSummary } from '../src/contracts/suites.ts';
import { APPROVAL_DEADLINE_MS, QUANTIZATION } from '../src/contracts/scenarios/index.ts';
import { quantizationGates } from '../src/assertions/scenarios/performance.ts';
import { phasesWith } from './phases/at.ts';
import { agreeOnTuning, measureTuning, proposeTuning, type Proposed } from './phases/tuning.ts';
import { createApprovalGate } from './support/approval.ts';
import { runScenario, type ScenarioRun } from './support/run-scenario.ts';

const at = phasesWith(quantizationGates);

/** The same agent, asked of two kinds of GPU: each gets weights that fit, and only one of them FP8 arithmetic. */
export async function quantization(input: ScenarioInput): Promise<RunSummary> {
  const approvals = createApprovalGate(APPROVAL_DEADLINE_MS);
  return runScenario(QUANTIZATION, input, async (run) => {
    const subject = await run.customer('Acme Corp', 'h100-bf16');
    const proposed = await proposeTuning(run, at, subject, 'quantization');
    await readFit(run, proposed, await run.customer('Acme on A100', 'a100-bf16'));
    await measureTuning(run, at, await agreeOnTuning(run, at, approvals, proposed));
  });
}

async function readFit(run: ScenarioRun, proposed: Proposed, older: RunSubject): Promise<void> {
  const { phase, gates } = at('read-fit');
  await run.phase(
    phase,
    async (call) => {
      const asked = await call('mutate').triggerAnalysis({ subject: older, agentType: 'performance' });
      if (asked.output === null) return { ...asked, evidence: [], output: null };
      const { analysisId } = asked.output;
      const [newer, a100] = await Promise.all([
        call('longWait').readTuning({ ...proposed, prefix: 'fit.h100' }),
        call('longWait').readTuning({ subject: older, analysisId, prefix: 'fit.a100' }),
      ]);
      return {
        evidence: [...newer.evidence, ...a100.evidence],
        notes: [...newer.notes, ...a100.notes],
        output: {},
      };
    },
    gates,
  );
}
