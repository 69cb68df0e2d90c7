import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { createCoverageMap } from '@vitest/istanbul-lib-coverage';
import { createContext, create } from '@vitest/istanbul-lib-report';

import { componentOf, type Component } from './components.ts';
import { coveredLines, type ComponentCoverage, type CoverageVerdict, type MeasuredFile } from './judge.ts';
import { percentText } from './text.ts';

export interface HtmlOptions {
  readonly root: string;
  readonly directory: string;
  readonly files: readonly MeasuredFile[];
  readonly components: readonly Component[];
  readonly verdict: CoverageVerdict;
  readonly shortcomings: readonly string[];
  readonly notes: readonly string[];
}

/** Writes `index.html` with the table and, for each component, Istanbul's pages of its files in a directory of its name. */
export function writeHtml(options: HtmlOptions): void {
  const { root, directory, files, components } = options;
  mkdirSync(directory, { recursive: true });
  for (const component of components) {
    const own = files.filter(({ path }) => componentOf(path, components) === component);
    if (own.length > 0) writeComponent(root, join(directory, component.name), own);
  }
  writeFileSync(join(directory, 'index.html'), indexPage(options));
}

function writeComponent(root: string, dir: string, files: readonly MeasuredFile[]): void {
  const coverageMap = createCoverageMap(
    Object.fromEntries(files.map((file) => [join(root, file.path), istanbulFile(root, file)])),
  );
  create('html', {}).execute(createContext({ dir, coverageMap, defaultSummarizer: 'nested' }));
}

/** One statement a line: lines are what scenarios and tests can be compared and added by. */
function istanbulFile(root: string, file: MeasuredFile) {
  const ran = coveredLines(file);
  const lines = [...file.lines].sort((a, b) => a - b);
  return {
    path: join(root, file.path),
    statementMap: Object.fromEntries(
      lines.map((line) => [
        line,
        { start: { line, column: 0 }, end: { line, column: Number.MAX_SAFE_INTEGER } },
      ]),
    ),
    s: Object.fromEntries(lines.map((line) => [line, ran.has(line) ? 1 : 0])),
    fnMap: {},
    f: {},
    branchMap: {},
    b: {},
  };
}

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
div { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { padding: .3rem .6rem; text-align: right; border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent); }
th:first-child, td:first-child { text-align: left; }
.below, .silent { color: light-dark(#b00020, #ff8a80); font-weight: 600; }
pre { white-space: pre-wrap; }
`;

function indexPage({ verdict, shortcomings, notes }: HtmlOptions): string {
  const rows = verdict.components.map((coverage) =>
    tableRow(coverage, `<a href="${coverage.name}/index.html">${coverage.name}</a>`),
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Coverage: ${shortcomings.length === 0 ? 'goals reached' : 'below the goals'}</title>
<style>${STYLE}</style>
<h1>Coverage</h1>
<p>Lines that ran in scenarios, in tests, and in either; goals are about the last.</p>
<div><table>
<thead><tr><th>component<th>lines<th>scenarios<th>tests<th>either<th>goal<th>state</thead>
<tbody>${rows.join('\n')}
${tableRow(verdict.overall, 'overall')}</tbody>
</table></div>
${shortcomings.length === 0 ? '' : `<h2>Not good enough</h2><pre>${escapeHtml(shortcomings.join('\n'))}</pre>`}
${notes.length === 0 ? '' : `<h2>Not measured</h2><pre>${escapeHtml(notes.join('\n'))}</pre>`}
</html>
`;
}

const STATES = { reached: '✓', below: '✗ below', silent: '✗ no data', told: '' } as const;

function tableRow(coverage: ComponentCoverage, title: string): string {
  const { lines, inScenarios, inTests, covered, goalPercent, state } = coverage;
  const figures = [inScenarios, inTests, covered].map((count) => `<td>${percentText(count, lines)}`).join('');
  const goal = goalPercent === null ? '–' : `${goalPercent} %`;
  return `<tr class="${state}"><td>${title}<td>${lines}${figures}<td>${goal}<td>${STATES[state]}`;
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
