import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { SuiteState } from '../../contracts/suites.ts';
import { OptiInfraError, describeError } from '../../support/errors.ts';

/** A finished suite as it lies under `.e2e/suites/<id>/`. @throws OptiInfraError `RECORD_UNREADABLE` */
export async function readRecordedSuite(stateDirectory: string, suiteId: string): Promise<SuiteState> {
  const path = join(stateDirectory, 'suites', suiteId, 'suite.json');
  try {
    const suite = JSON.parse(await readFile(path, 'utf8')) as SuiteState | null;
    if (!Array.isArray(suite?.items) || suite.suiteId !== suiteId) {
      throw new TypeError('it is not the record of this suite');
    }
    return suite;
  } catch (cause) {
    throw new OptiInfraError('RECORD_UNREADABLE', `the record of suite ${suiteId} cannot be read`, {
      cause: new Error(describeError(cause)),
      hint: `Look at ${path}.`,
    });
  }
}
