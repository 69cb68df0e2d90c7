import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { RunState } from '../contracts/runs.ts';
import type { SuiteState } from '../contracts/suites.ts';
import { OptiInfraError, describeError } from '../support/errors.ts';
import type { SuiteHistory } from './documents/suite-document.ts';
import { readRunFiles } from './run-files.ts';
import { UNKNOWN_SURROUNDINGS, type Surroundings } from './surroundings.ts';

/** A suite as it lies under `.e2e/suites/<id>/`. */
export interface RecordedSuite {
  readonly suite: SuiteState;
  readonly surroundings: Surroundings;
  /** What earlier runs said when the suite ended. */
  readonly history: SuiteHistory;
}

export const HISTORY_FILE = 'history.json';

/** @throws OptiInfraError `RECORD_UNREADABLE` */
export async function readSuiteFiles(suitesDirectory: string, suiteId: string): Promise<RecordedSuite> {
  const directory = join(suitesDirectory, suiteId);
  try {
    const suite = JSON.parse(await readFile(join(directory, 'suite.json'), 'utf8')) as SuiteState | null;
    if (!Array.isArray(suite?.items) || suite.suiteId !== suiteId)
      throw new TypeError('it is not the record of this suite');
    return {
      suite,
      surroundings: {
        ...UNKNOWN_SURROUNDINGS,
        ...(await readBeside<Partial<Surroundings>>(directory, 'surroundings.json')),
      },
      history: (await readBeside<SuiteHistory>(directory, HISTORY_FILE)) ?? {
        missing: `there is no ${HISTORY_FILE} beside the record of the suite.`,
      },
    };
  } catch (cause) {
    throw new OptiInfraError('RECORD_UNREADABLE', `the record of suite ${suiteId} cannot be read`, {
      cause: new Error(describeError(cause)),
      hint: `Look at ${join(directory, 'suite.json')}.`,
    });
  }
}

async function readBeside<T>(directory: string, name: string): Promise<T | null> {
  const path = join(directory, name);
  return existsSync(path) ? (JSON.parse(await readFile(path, 'utf8')) as T) : null;
}

/** The records of a suite's runs that are here and whole; how many are not is told by every page of the suite. */
export async function readRunsOfSuite(runsDirectory: string, { items }: SuiteState): Promise<RunState[]> {
  const ids = items.flatMap(({ runs }) => runs.map(({ runId }) => runId));
  const read = await Promise.allSettled(ids.map((id) => readRunFiles(runsDirectory, id)));
  return read.flatMap((result) => (result.status === 'fulfilled' ? [result.value.run] : []));
}
