import type { Component } from './components.ts';
import { writeHtml } from './html.ts';
import { judgeCoverage } from './judge.ts';
import { measure, type MeasureOptions } from './measure.ts';
import { coverageTable, lossNotes, shortcomings } from './text.ts';

export interface CoverageReportOptions extends MeasureOptions {
  readonly components: readonly Component[];
  readonly overallGoalPercent: number;
  /** Where the pages go. */
  readonly htmlDirectory: string;
}

export interface CoverageReport {
  readonly text: string;
  /** False as soon as one goal is missed or anything that should have been measured was not. */
  readonly reached: boolean;
}

/** Measures, judges, writes the pages and says what came out. */
export async function reportCoverage(options: CoverageReportOptions): Promise<CoverageReport> {
  const { root, components, htmlDirectory } = options;
  const measurement = await measure(options);
  const verdict = judgeCoverage(measurement.files, components, options.overallGoalPercent);
  const short = shortcomings(verdict, measurement);
  const notes = lossNotes(measurement);
  writeHtml({
    root,
    directory: htmlDirectory,
    files: measurement.files,
    components,
    verdict,
    shortcomings: short,
    notes,
  });
  const text = [coverageTable(verdict), ...notes, ...short.map((line) => `✗ ${line}`)].join('\n');
  return { text, reached: short.length === 0 };
}
