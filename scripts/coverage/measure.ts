import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

import { lineHits, linesOfBundle, linesOfSource, type LineHits, type Statements } from './executed-lines.ts';
import type { MeasuredFile } from './judge.ts';
import { readRawData, type RawData } from './raw-data.ts';

/** Where the data of one kind of run lies. */
export interface Source {
  /** Where processes left what of their code ran. */
  readonly rawDirectory: string;
  /** Istanbul's JSON of the test runner, which sees its own workers better than Node does. */
  readonly reportFile?: string;
}

export interface MeasureOptions {
  readonly root: string;
  /** Directories of sources, from the root. */
  readonly directories: readonly string[];
  readonly scenarios: Source;
  readonly tests: Source;
}

export interface Measurement {
  readonly files: readonly MeasuredFile[];
  readonly scenarios: RawData;
  readonly tests: RawData;
  /** How many files the test runner reported on; null when its report is missing. */
  readonly testReportFiles: number | null;
}

/** Brings together what ran in scenarios and in tests, for every source file, those that nothing loaded included. */
export async function measure(options: MeasureOptions): Promise<Measurement> {
  const { root, directories } = options;
  const paths = directories.flatMap((directory) => sourcesIn(root, directory)).sort();
  const known = new Set(paths);
  const isOurs = (path: string): boolean => known.has(path) || isBundle(root, path);
  const scenarios = readRawData(options.scenarios.rawDirectory, isOurs);
  const tests = readRawData(options.tests.rawDirectory, isOurs);
  const report = readReport(options.tests.reportFile);
  const scenarioLines = await linesByFile(root, scenarios);
  const testLines = await linesByFile(root, tests);
  const files: MeasuredFile[] = [];
  for (const path of paths) {
    files.push({
      path: relative(root, path).split(sep).join('/'),
      lines: new Set((await linesOfSource(path)).keys()),
      ranInScenarios: linesThatRan(scenarioLines.get(path) ?? []),
      ranInTests: linesThatRan([...(testLines.get(path) ?? []), lineHits(report?.[path])]),
    });
  }
  return {
    files,
    scenarios,
    tests,
    testReportFiles: report === null ? null : Object.keys(report).filter((path) => known.has(path)).length,
  };
}

function sourcesIn(root: string, directory: string): string[] {
  const home = join(root, directory);
  if (!existsSync(home)) return [];
  return readdirSync(home, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .map((file) => join(home, file));
}

/** Workflows run from a bundle, in a sandbox of their own. */
function isBundle(root: string, path: string): boolean {
  return path.startsWith(join(root, '.cache', 'bundles') + sep) && existsSync(path);
}

async function linesByFile(root: string, data: RawData): Promise<Map<string, LineHits[]>> {
  const lines = new Map<string, LineHits[]>();
  const add = (path: string, hits: LineHits): void => {
    lines.set(path, [...(lines.get(path) ?? []), hits]);
  };
  for (const [path, script] of data.scripts) {
    if (!isBundle(root, path)) add(path, await linesOfSource(path, script));
    else for (const [source, hits] of await linesOfBundle(path, script)) add(source, hits);
  }
  return lines;
}

function readReport(file: string | undefined): Readonly<Record<string, Statements>> | null {
  if (file === undefined || !existsSync(file)) return null;
  return JSON.parse(readFileSync(file, 'utf8')) as Record<string, Statements>;
}

function linesThatRan(hits: readonly LineHits[]): Set<number> {
  return new Set(hits.flatMap((lines) => [...lines].filter(([, ran]) => ran).map(([line]) => line)));
}
