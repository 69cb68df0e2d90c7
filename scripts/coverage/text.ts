import { percentOf, type ComponentCoverage, type CoverageVerdict } from './judge.ts';
import type { Measurement } from './measure.ts';
import type { RawData } from './raw-data.ts';

/** How many of the worst files a red component names. */
const SHOWN_GAPS = 5;
const WIDTHS = { name: 18, lines: 7, percent: 11, goal: 7 };

/** The table that people and logs read: 80 columns, no colour. */
export function coverageTable({ components, overall }: CoverageVerdict): string {
  const head = row(['component', 'lines', 'scenarios', 'tests', 'either', 'goal'], '');
  const rule = '─'.repeat(head.trimEnd().length + 9);
  return [head, rule, ...components.map(tableRow), rule, tableRow(overall)].join('\n');
}

function tableRow(coverage: ComponentCoverage): string {
  const { name, lines, inScenarios, inTests, covered, goalPercent, state } = coverage;
  const figures = [inScenarios, inTests, covered].map((count) => percentText(count, lines));
  return row(
    [name, String(lines), ...figures, goalPercent === null ? '–' : `${goalPercent} %`],
    WORDS[state],
  );
}

const WORDS = { reached: '✓', below: '✗ below', silent: '✗ no data', told: '' } as const;

function row(cells: readonly string[], mark: string): string {
  const [name = '', lines = '', scenarios = '', tests = '', either = '', goal = ''] = cells;
  const percents = [scenarios, tests, either].map((cell) => cell.padStart(WIDTHS.percent)).join('');
  const start = `${name.padEnd(WIDTHS.name)}${lines.padStart(WIDTHS.lines)}${percents}`;
  return `${start}${goal.padStart(WIDTHS.goal)}  ${mark}`.trimEnd();
}

/** Rounded down, so that 89.96 never reads as the 90 it has not reached; a dash when there is nothing to divide by. */
export function percentText(covered: number, lines: number): string {
  const percent = percentOf(covered, lines);
  return percent === null ? '–' : `${(Math.floor(percent * 10) / 10).toFixed(1)} %`;
}

/** Every reason for red, each with what to look at; empty when all is well. */
export function shortcomings(verdict: CoverageVerdict, measurement: Measurement): string[] {
  return [
    ...missingData(measurement),
    ...[...verdict.components, verdict.overall].flatMap(describeShortfall),
    ...verdict.unclaimed.map(
      (path) => `${path} belongs to no component: add it to scripts/coverage/components.ts`,
    ),
  ];
}

function missingData({ scenarios, tests, testReportFiles }: Measurement): string[] {
  return [
    ...(scenarios.processes === 0 ? ['no coverage of scenarios was found: `make test-all` measures it'] : []),
    ...((testReportFiles ?? 0) === 0 ? ['no coverage of tests was found: `make test-all` measures it'] : []),
    ...scenarios.silent.map((name) => silentService(name, 'scenarios')),
    ...tests.silent.map((name) => silentService(name, 'tests')),
  ];
}

function silentService(name: string, during: string): string {
  return `no process of ${name} left coverage during ${during}: each was killed before it could, or still runs`;
}

function describeShortfall(coverage: ComponentCoverage): string[] {
  const { name, lines, covered, goalPercent, state, gaps } = coverage;
  if (state === 'silent') return [`${name}: no data; nothing of its ${lines} lines was seen to run`];
  if (state !== 'below') return [];
  const missing = Math.ceil(((goalPercent ?? 0) * lines) / 100) - covered;
  const files = gaps.slice(0, SHOWN_GAPS).map(({ path, lines: all, missed }) => {
    return `    ${String(missed).padStart(4)} of ${String(all).padStart(4)} lines never ran  ${path}`;
  });
  const what = `${name} is at ${percentText(covered, lines)}, its goal is ${goalPercent ?? 0} %: ${count(missing, 'line', 'lines')} short`;
  return [[`${what}; least covered:`, ...files].join('\n')];
}

/** What was lost to kills: said, since those lines may have run after all. */
export function lossNotes({ scenarios, tests }: Measurement): string[] {
  return [...lossNote(scenarios, 'scenarios'), ...lossNote(tests, 'tests')];
}

function lossNote({ lost, cutOff, processes }: RawData, during: string): string[] {
  const names = [...new Set(lost.map(({ name }) => name))].sort();
  const each = names.map((name) => `${name} ×${lost.filter((one) => one.name === name).length}`).join(', ');
  const killed = `${count(lost.length, 'process was', 'processes were')} killed and left no coverage`;
  return [
    ...(lost.length === 0 ? [] : [`${during}: ${killed} (${each}); ${processes} left theirs`]),
    ...(cutOff === 0
      ? []
      : [`${during}: ${count(cutOff, 'file ends', 'files end')} in the middle, not counted`]),
  ];
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}
