import { componentOf, type Component } from './components.ts';

export type LineNumbers = ReadonlySet<number>;

/** One source file: the lines that a statement begins on, and which of them ran, by what made them run. */
export interface MeasuredFile {
  /** From the root, with slashes. */
  readonly path: string;
  readonly lines: LineNumbers;
  readonly ranInScenarios: LineNumbers;
  readonly ranInTests: LineNumbers;
}

export interface FileGap {
  readonly path: string;
  readonly lines: number;
  readonly missed: number;
}

/** `silent`: nothing of it ran at all, so it was not measured; that is never good enough, goal or not. */
export type ComponentState = 'reached' | 'below' | 'silent' | 'told';

export interface ComponentCoverage {
  readonly name: string;
  readonly lines: number;
  readonly inScenarios: number;
  readonly inTests: number;
  /** In scenarios or tests: what the goal is about. */
  readonly covered: number;
  readonly goalPercent: number | null;
  readonly state: ComponentState;
  /** The files with most lines that never ran, worst first. */
  readonly gaps: readonly FileGap[];
}

export interface CoverageVerdict {
  readonly components: readonly ComponentCoverage[];
  readonly overall: ComponentCoverage;
  /** Files that no component claims: they would be missing from every figure but the overall one. */
  readonly unclaimed: readonly string[];
}

/** Puts every file under its component and compares each, and all together, with its goal. */
export function judgeCoverage(
  files: readonly MeasuredFile[],
  components: readonly Component[],
  overallGoalPercent: number,
): CoverageVerdict {
  const claimed = files.map((file) => ({ file, component: componentOf(file.path, components) }));
  return {
    components: components.map((component) =>
      summarize(
        component.name,
        claimed.filter((claim) => claim.component === component).map(({ file }) => file),
        component.goalPercent,
      ),
    ),
    overall: summarize('overall', files, overallGoalPercent),
    unclaimed: claimed.filter(({ component }) => component === undefined).map(({ file }) => file.path),
  };
}

/** Lines of a file that ran, for whatever reason. */
export function coveredLines({ lines, ranInScenarios, ranInTests }: MeasuredFile): LineNumbers {
  return new Set([...lines].filter((line) => ranInScenarios.has(line) || ranInTests.has(line)));
}

/** Percent of lines; null when there is none, so that nothing is never all. */
export function percentOf(covered: number, lines: number): number | null {
  return lines === 0 ? null : (100 * covered) / lines;
}

function summarize(
  name: string,
  files: readonly MeasuredFile[],
  goalPercent: number | null,
): ComponentCoverage {
  const counts = files.map((file) => ({
    path: file.path,
    lines: file.lines.size,
    inScenarios: [...file.lines].filter((line) => file.ranInScenarios.has(line)).length,
    inTests: [...file.lines].filter((line) => file.ranInTests.has(line)).length,
    covered: coveredLines(file).size,
  }));
  const sum = (of: 'lines' | 'inScenarios' | 'inTests' | 'covered'): number =>
    counts.reduce((total, count) => total + count[of], 0);
  const covered = sum('covered');
  const lines = sum('lines');
  return {
    name,
    lines,
    inScenarios: sum('inScenarios'),
    inTests: sum('inTests'),
    covered,
    goalPercent,
    state: stateOf(covered, lines, goalPercent),
    gaps: counts
      .map((count) => ({ path: count.path, lines: count.lines, missed: count.lines - count.covered }))
      .filter(({ missed }) => missed > 0)
      .sort((a, b) => b.missed - a.missed || a.path.localeCompare(b.path)),
  };
}

function stateOf(covered: number, lines: number, goalPercent: number | null): ComponentState {
  const percent = percentOf(covered, lines);
  if (percent === null || covered === 0) return 'silent';
  if (goalPercent === null) return 'told';
  return percent >= goalPercent ? 'reached' : 'below';
}
