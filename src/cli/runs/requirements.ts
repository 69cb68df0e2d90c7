import { missingRequirements, type Offer } from '../../contracts/scenarios/requirements.ts';
import type { ScenarioDefinition } from '../../contracts/scenarios/index.ts';
import { OptiInfraError } from '../../support/errors.ts';

/** Refuses before anything starts. @throws OptiInfraError `ENVIRONMENT_MISMATCH` with what is missing and the mend. */
export function checkRequirements(scenario: ScenarioDefinition, offer: Offer): void {
  const [first] = missingRequirements(scenario, offer);
  if (first === undefined) return;
  throw new OptiInfraError('ENVIRONMENT_MISMATCH', `${scenario.name} needs ${first.what}`, {
    hint: first.mend,
  });
}
