import { join } from 'node:path';

import type { SuiteState } from '../../contracts/suites.ts';
import { readSuiteFiles } from '../../reporting/suite-files.ts';

/** A finished suite as it lies under `.e2e/suites/<id>/`. @throws OptiInfraError `RECORD_UNREADABLE` */
export async function readRecordedSuite(stateDirectory: string, suiteId: string): Promise<SuiteState> {
  return (await readSuiteFiles(join(stateDirectory, 'suites'), suiteId)).suite;
}
