import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import type { SuiteState } from '../contracts/suites.ts';
import type { SuiteHistory } from './documents/suite-document.ts';
import { suiteReportHtml } from './html/suite-report.ts';
import { suiteMarkdown } from './markdown/suite.ts';
import { asJson, replaceFile } from './replace-file.ts';
import { suiteJunitXml } from './suite-junit.ts';
import { HISTORY_FILE, readRunsOfSuite } from './suite-files.ts';
import type { Surroundings } from './surroundings.ts';

export interface PublishSuiteOptions {
  readonly suite: SuiteState;
  /** `.e2e` */
  readonly stateDirectory: string;
  readonly surroundings: Surroundings;
  /** What earlier runs say, or why that is not known. */
  readonly history: SuiteHistory;
}

/**
 * Writes the record of a suite (suite.json, surroundings.json, history.json) and what is made of it and of the records
 * of its runs (junit.xml, summary.md, report.html), and returns its directory. Safe to repeat.
 */
export async function publishSuite(options: PublishSuiteOptions): Promise<string> {
  const { suite, stateDirectory, surroundings, history } = options;
  const directory = join(stateDirectory, 'suites', suite.suiteId);
  await mkdir(directory, { recursive: true });
  const runs = await readRunsOfSuite(join(stateDirectory, 'runs'), suite);
  const shown = { suite, runs, history, surroundings };
  await Promise.all([
    replaceFile(join(directory, 'suite.json'), asJson(suite)),
    replaceFile(join(directory, 'surroundings.json'), asJson(surroundings)),
    replaceFile(join(directory, HISTORY_FILE), asJson(history)),
    replaceFile(join(directory, 'junit.xml'), suiteJunitXml(shown)),
    replaceFile(join(directory, 'summary.md'), suiteMarkdown(shown)),
    replaceFile(join(directory, 'report.html'), suiteReportHtml(shown)),
  ]);
  return directory;
}
