import { join } from 'node:path';

import { runDocument } from '../../reporting/documents/run-document.ts';
import { suiteDocument } from '../../reporting/documents/suite-document.ts';
import { htmlReport } from '../../reporting/html/report.ts';
import { suiteReportHtml } from '../../reporting/html/suite-report.ts';
import { junitXml } from '../../reporting/junit.ts';
import { runMarkdown } from '../../reporting/markdown/run.ts';
import { suiteMarkdown } from '../../reporting/markdown/suite.ts';
import { readEvidence } from '../../reporting/read-evidence.ts';
import { asJson } from '../../reporting/replace-file.ts';
import type { RecordedRun } from '../../reporting/run-files.ts';
import { readRunsOfSuite, type RecordedSuite } from '../../reporting/suite-files.ts';
import { suiteJunitXml } from '../../reporting/suite-junit.ts';

export type ReportFormat = 'html' | 'junit' | 'markdown' | 'json';

/** A recorded run in one format; curves and events come from its evidence file. */
export async function renderRun(
  { run, surroundings }: RecordedRun,
  format: ReportFormat,
  stateDirectory: string,
): Promise<string> {
  if (format === 'junit') return junitXml(run);
  if (format === 'markdown') return runMarkdown(run);
  const input = { run, surroundings, evidence: await readEvidence(stateDirectory, run.evidenceFile) };
  return format === 'json' ? asJson(runDocument(input)) : htmlReport(input);
}

/** A recorded suite in one format, with those of its runs whose records are here. */
export async function renderSuite(
  recorded: RecordedSuite,
  format: ReportFormat,
  stateDirectory: string,
): Promise<string> {
  const input = { ...recorded, runs: await readRunsOfSuite(join(stateDirectory, 'runs'), recorded.suite) };
  switch (format) {
    case 'junit':
      return suiteJunitXml(input);
    case 'markdown':
      return suiteMarkdown(input);
    case 'json':
      return asJson(suiteDocument(input));
    case 'html':
      return suiteReportHtml(input);
  }
}
