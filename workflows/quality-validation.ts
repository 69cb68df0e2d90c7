import type { ScenarioInput } from '../src/contracts/runs.ts';
import type { RunSummary } from '../src/contracts/suites.ts';
import { QUALITY_VALIDATION } from '../src/contracts/scenarios/index.ts';
import { qualityValidationGates } from '../src/assertions/scenarios/quality.ts';
import { phasesWith } from './phases/at.ts';
import { followToCompletion, verifyAudit, verifyRestored } from './phases/execution.ts';
import { measureService } from './phases/measures.ts';
import { badRevision, badTemplate, together, untilJudged } from './phases/quality.ts';
import { runScenario, type ScenarioRun } from './support/run-scenario.ts';

const at = phasesWith(qualityValidationGates);

/** The pipeline delivers a bad checkpoint or a wrong template; the platform proves it and goes back by itself. */
export async function qualityValidation(input: ScenarioInput): Promise<RunSummary> {
  return runScenario(QUALITY_VALIDATION, input, async (run) => {
    const subject = await run.customer('Acme Corp', 'tuned');
    const { snapshot, deliveredAt } = await untilJudged(run, at, subject, deliveryOf(run));

    const ownAccord = await run.phase(
      'await-rollback',
      async (call) => {
        const found = await call('longWait').awaitOwnAccord({
          subject,
          type: 'quality_rollback',
          sinceAt: deliveredAt,
        });
        if (found.output === null) return found;
        const { recommendationId } = found.output;
        const decided = await call('probe').readDecisions({ subject, recommendationId });
        return { ...together(found, decided), output: found.output };
      },
      qualityValidationGates['await-rollback'],
    );
    run.remember({ optimizationId: ownAccord.optimizationId });

    const told = { subject, ...ownAccord };
    const { settledAtMs } = await followToCompletion(run, at('monitor-execution'), told);
    await verifyRestored(run, at('verify-restored'), { subject, snapshot });
    await measureService(run, at('validate-quality'), { subject, prefix: 'restored', sinceMs: settledAtMs });
    await verifyAudit(run, at('verify-audit'), told);
  });
}

function deliveryOf(run: ScenarioRun) {
  const drop = Number(run.setting('drop'));
  const fault = run.setting('fault');
  const isTemplate = fault === 'template' || (fault === 'by-seed' && run.input.seed % 2 === 1);
  return isTemplate ? badTemplate(drop) : badRevision(drop);
}
