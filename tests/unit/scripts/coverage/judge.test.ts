import { globSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { COMPONENTS, SOURCE_DIRECTORIES, componentOf } from '../../../../scripts/coverage/components.ts';
import { judgeCoverage, percentOf, type MeasuredFile } from '../../../../scripts/coverage/judge.ts';
import { percentText } from '../../../../scripts/coverage/text.ts';
import { PROJECT_ROOT } from '../../../../src/environment/state/paths.ts';

const COMPONENT = { name: 'agent', directories: ['src/agent/'], goalPercent: 85 };

function file(path: string, lines: number, scenarios: readonly number[], tests: readonly number[] = []) {
  const all = Array.from({ length: lines }, (_, index) => index + 1);
  return {
    path,
    lines: new Set(all),
    ranInScenarios: new Set(scenarios),
    ranInTests: new Set(tests),
  } satisfies MeasuredFile;
}

const firstLines = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

describe('judgeCoverage', () => {
  it('counts a line once, whoever ran it, and only lines of the source', () => {
    const files = [file('src/agent/a.ts', 20, [1, 2, 3, 99], [3, 4])];
    const [row] = judgeCoverage(files, [COMPONENT], 85).components;
    expect(row).toMatchObject({ lines: 20, inScenarios: 3, inTests: 2, covered: 4, state: 'below' });
  });

  it('is below one line short of the goal and has reached it exactly there', () => {
    const stateWith = (ran: number) =>
      judgeCoverage([file('src/agent/a.ts', 20, firstLines(ran))], [COMPONENT], 85).components[0]?.state;
    expect(stateWith(16)).toBe('below');
    expect(stateWith(17)).toBe('reached');
  });

  it('calls a component silent when nothing of it ran, when it has no files, and whether or not it has a goal', () => {
    const elsewhere = { name: 'elsewhere', directories: ['src/elsewhere/'], goalPercent: null };
    const files = [file('src/agent/a.ts', 20, [])];
    const { components, overall } = judgeCoverage(files, [COMPONENT, elsewhere], 0);
    expect(components.map(({ state }) => state)).toEqual(['silent', 'silent']);
    expect(overall.state).toBe('silent');
    expect(percentOf(0, 0)).toBeNull();
    expect(percentText(0, 0)).toBe('–');
  });

  it('names the files with most missed lines first, and files that no component claims', () => {
    const files = [
      file('src/agent/good.ts', 10, firstLines(10)),
      file('src/agent/bad.ts', 30, firstLines(10)),
      file('src/agent/worse.ts', 40, firstLines(10)),
      file('src/lost/it.ts', 5, []),
    ];
    const { components, unclaimed } = judgeCoverage(files, [COMPONENT], 85);
    expect(components[0]?.gaps).toEqual([
      { path: 'src/agent/worse.ts', lines: 40, missed: 30 },
      { path: 'src/agent/bad.ts', lines: 30, missed: 20 },
    ]);
    expect(unclaimed).toEqual(['src/lost/it.ts']);
  });

  it('never rounds up to a goal', () => {
    expect(percentText(8_999, 10_000)).toBe('89.9 %');
  });
});

describe('components', () => {
  const paths = globSync(
    SOURCE_DIRECTORIES.map((directory) => `${directory}/**/*.ts`),
    { cwd: PROJECT_ROOT },
  );

  it('claim every source file of the project, and each has some', () => {
    const owners = paths.map((path) => componentOf(path, COMPONENTS)?.name);
    expect(paths.filter((_, index) => owners[index] === undefined)).toEqual([]);
    expect([...new Set(owners)].sort()).toEqual(COMPONENTS.map(({ name }) => name).sort());
  });

  it('give a file to the nearest directory: the dashboard is of the portal API, not of the orchestrator', () => {
    const owner = (path: string) => componentOf(path, COMPONENTS)?.name;
    expect(owner('src/platform/orchestrator/dashboard/routes.ts')).toBe('portal-api');
    expect(owner('src/platform/orchestrator/app.ts')).toBe('orchestrator');
  });

  it('hold the goals of the project', () => {
    const goals = Object.fromEntries(COMPONENTS.map(({ name, goalPercent }) => [name, goalPercent]));
    expect(goals).toMatchObject({ orchestrator: 90, 'cost-agent': 85, 'agents-kit': 85, 'portal-api': 80 });
  });
});
