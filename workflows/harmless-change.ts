import type { ScenarioInput } from '../src/contracts/runs.ts';
import type { RunSummary } from '../src/contracts/suites.ts';
import { HARMLESS_CHANGE } from '../src/contracts/scenarios/index.ts';
import { harmlessChangeGates } from '../src/assertions/scenarios/quality.ts';
import { phasesWith } from './phases/at.ts';
import { measureService } from './phases/measures.ts';
import { badRevision, goodRevision, untilJudged } from './phases/quality.ts';
import { runScenario } from './support/run-scenario.ts';

const at = phasesWith(harmlessChangeGates);
/** Worse, but by less than what counts. */
const SLIGHT_DROP = 0.02;

/** The pipeline delivers what keeps quality: the platform looks at it and leaves the customer alone. */
export async function harmlessChange(input: ScenarioInput): Promise<RunSummary> {
  return runScenario(HARMLESS_CHANGE, input, async (run) => {
    const subject = await run.customer('Acme Corp', 'tuned');
    const chosen = run.setting('drop');
    const isSlight = chosen === '0.02' || (chosen === 'by-seed' && input.seed % 2 === 1);
    await untilJudged(run, at, subject, isSlight ? badRevision(SLIGHT_DROP) : goodRevision);
    await measureService(run, at('validate-quality'), { subject, prefix: 'restored' });
  });
}
