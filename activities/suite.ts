import { SCENARIOS } from '../src/contracts/scenarios/index.ts';
import { missingRequirements } from '../src/contracts/scenarios/requirements.ts';
import type { SuiteActivities } from '../src/contracts/suite-activities.ts';
import type { SuiteState } from '../src/contracts/suites.ts';
import type { SuiteHistory } from '../src/reporting/documents/suite-document.ts';
import type { RunHistory } from '../src/reporting/history/run-history.ts';
import { publishSuite } from '../src/reporting/publish-suite.ts';
import { offerOf } from '../src/support/environment-offer.ts';
import { OptiInfraError, describeError } from '../src/support/errors.ts';
import type { ActivityDependencies } from './context.ts';

/** What a suite asks before each of its items, and what it leaves at its end. */
export function createSuiteActivities({
  harness,
  history,
  stateDirectory,
}: ActivityDependencies): SuiteActivities {
  const { environment } = harness;
  return {
    checkScenario: async ({ scenario }) => {
      const definition = SCENARIOS.find(({ name }) => name === scenario);
      if (definition === undefined) throw new OptiInfraError('USAGE', `there is no scenario ${scenario}`);
      const [first] = missingRequirements(definition, offerOf(environment));
      return { missing: first === undefined ? null : `needs ${first.what}. Mend: ${first.mend}` };
    },

    publishSuite: async ({ suite }) =>
      publishSuite({
        suite,
        stateDirectory,
        history: await historyOf(history, suite),
        surroundings: {
          temporalUi: environment.urls.temporalUi,
          timeScale: environment.anchor.timeScale,
        },
      }),
  };
}

/** Runs of each scenario that a page shows of the past. */
const PAST_RUNS = 50;

/** What earlier runs of the suite's scenarios say. A suite has its page also when the history does not answer. */
export async function historyOf(
  history: Pick<RunHistory, 'summary'>,
  { items }: SuiteState,
): Promise<SuiteHistory> {
  const scenarios = [...new Set(items.map(({ scenario }) => scenario))];
  try {
    return await history.summary({ scenarios, last: PAST_RUNS });
  } catch (error) {
    return { missing: describeError(error) };
  }
}
