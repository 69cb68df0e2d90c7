import { SCENARIOS } from '../src/contracts/scenarios/index.ts';
import { missingRequirements } from '../src/contracts/scenarios/requirements.ts';
import type { SuiteActivities } from '../src/contracts/suite-activities.ts';
import { publishSuite } from '../src/reporting/publish-suite.ts';
import { offerOf } from '../src/support/environment-offer.ts';
import { OptiInfraError } from '../src/support/errors.ts';
import type { ActivityDependencies } from './context.ts';

/** What a suite asks before each of its items, and what it leaves at its end. */
export function createSuiteActivities({ harness, stateDirectory }: ActivityDependencies): SuiteActivities {
  const { environment } = harness;
  return {
    checkScenario: async ({ scenario }) => {
      const definition = SCENARIOS.find(({ name }) => name === scenario);
      if (definition === undefined) throw new OptiInfraError('USAGE', `there is no scenario ${scenario}`);
      const [first] = missingRequirements(definition, offerOf(environment));
      return { missing: first === undefined ? null : `needs ${first.what}. Mend: ${first.mend}` };
    },

    publishSuite: ({ suite }) =>
      publishSuite({
        suite,
        stateDirectory,
        surroundings: {
          temporalUi: environment.urls.temporalUi,
          timeScale: environment.anchor.timeScale,
        },
      }),
  };
}
