import { expect, test } from 'vitest';

import { checkRequirements } from '../../../src/cli/runs/requirements.ts';
import { SPOT_MIGRATION, type ScenarioRequirements } from '../../../src/contracts/scenarios/index.ts';
import type { Offer } from '../../../src/contracts/scenarios/requirements.ts';
import { describeError, OptiInfraError } from '../../../src/support/errors.ts';

const offer: Offer = {
  name: 'ours',
  coldStart: 'baked',
  timeScale: 60,
  urls: { aws: 'http://127.0.0.1:1' },
  freeMemoryMb: 2_000,
};
const needing = (requires: ScenarioRequirements) => ({ ...SPOT_MIGRATION, requires });

test('an environment that offers everything is not refused', () => {
  checkRequirements(SPOT_MIGRATION, offer);
  checkRequirements(
    needing({
      timeScale: { minimum: 60, maximum: 60 },
      coldStart: 'baked',
      clouds: ['aws'],
      freeMemoryMb: 2_000,
    }),
    offer,
  );
});

test.each<[ScenarioRequirements, string, string]>([
  [{ timeScale: { minimum: 61 } }, 'a time scale of at least 61', '--time-scale 61'],
  [{ timeScale: { maximum: 10 } }, 'a time scale of at most 10', '--time-scale 10'],
  [{ coldStart: 'standard' }, 'cold start "standard"', '--cold-start standard'],
  [{ clouds: ['aws', 'gcp'] }, 'the cloud gcp', 'e2e up --name ours'],
  [{ freeMemoryMb: 2_001 }, '2001 MB of free memory; 2000 MB are left', 'e2e down --all'],
])('%j is refused with what is missing and the mend', (requires, what, mend) => {
  let refusal: unknown = null;
  try {
    checkRequirements(needing(requires), offer);
  } catch (error) {
    refusal = error;
  }
  if (!(refusal instanceof OptiInfraError)) throw new Error('it was not refused');
  expect(refusal.code).toBe('ENVIRONMENT_MISMATCH');
  expect(describeError(refusal)).toContain(what);
  expect(refusal.hint).toContain(mend);
});
