import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { describe, expect, it, onTestFinished } from 'vitest';

import { reportCoverage } from '../../../../scripts/coverage/report.ts';

/** Four lines that begin a statement; types before them, so that places are seen to stay. */
const AGENT = `interface Offer { readonly price: number;
  readonly name: string }
export function choose(offer: Offer): string {
  if (offer.price > 10) {
    return 'too dear';
  }
  return offer.name;
}
process.stdout.write(choose({ price: 1, name: 'a' }));
`;
const run = promisify(execFile);

/** A project of one agent and one service, with data where the parts of a report look for it. */
function project() {
  const root = mkdtempSync(join(tmpdir(), 'coverage-'));
  onTestFinished(() => {
    rmSync(root, { recursive: true });
  });
  const scenarios = join(root, 'raw', 'scenarios');
  const reportFile = join(root, 'tests.json');
  for (const directory of ['src/agent', 'src/service', 'raw/scenarios', 'raw/tests']) {
    mkdirSync(join(root, directory), { recursive: true });
  }
  const agent = join(root, 'src', 'agent', 'main.ts');
  const service = join(root, 'src', 'service', 'main.ts');
  writeFileSync(agent, AGENT);
  writeFileSync(service, 'process.stdout.write("served");\n');
  writeFileSync(join(root, 'package.json'), '{ "type": "module" }');
  const start = (path: string) =>
    run(process.execPath, [path], { env: { ...process.env, NODE_V8_COVERAGE: scenarios } });
  /** What the test runner would say of one line of a file that ran. */
  const tested = (path: string, line: number) => {
    const statementMap = { 0: { start: { line, column: 0 }, end: { line, column: 1 } } };
    writeFileSync(reportFile, JSON.stringify({ [path]: { path, statementMap, s: { 0: 1 } } }));
  };
  const report = (goalPercent = 85) =>
    reportCoverage({
      root,
      directories: ['src'],
      scenarios: { rawDirectory: scenarios },
      tests: { rawDirectory: join(root, 'raw', 'tests'), reportFile },
      components: [
        { name: 'agent', directories: ['src/agent/'], goalPercent },
        { name: 'service', directories: ['src/service/'], goalPercent: null },
      ],
      overallGoalPercent: 50,
      htmlDirectory: join(root, 'html'),
    });
  return { root, agent, service, scenarios, start, tested, report };
}

describe('the report of coverage', () => {
  it('is red below a goal and names component, percent, goal and the least covered file', async () => {
    const { agent, service, start, tested, report } = project();
    await Promise.all([start(agent), start(service)]);
    tested(service, 1);
    const { reached, text } = await report();
    expect(reached).toBe(false);
    expect(text).toContain('✗ agent is at 75.0 %, its goal is 85 %: 1 line short');
    expect(text).toContain('1 of    4 lines never ran  src/agent/main.ts');
    expect(text).toMatch(/^agent +4 +75\.0 % +0\.0 % +75\.0 % +85 % {2}✗ below$/m);
  });

  it('adds what tests ran to what scenarios ran, line by line, and is green at the goals', async () => {
    const { root, agent, service, start, tested, report } = project();
    await Promise.all([start(agent), start(service)]);
    tested(agent, 5);
    const { reached, text } = await report();
    expect(text).toMatch(/^agent +4 +75\.0 % +25\.0 % +100\.0 % +85 % {2}✓$/m);
    expect(reached).toBe(true);
    const page = readFileSync(join(root, 'html', 'index.html'), 'utf8');
    expect(page).toContain('<a href="agent/index.html">agent</a><td>4<td>75.0 %<td>25.0 %<td>100.0 %');
    expect(existsSync(join(root, 'html', 'agent', 'index.html'))).toBe(true);
  });

  it('is red, and never 100 %, when nothing of a component was seen to run, even without a goal', async () => {
    const { agent, start, tested, report } = project();
    await start(agent);
    tested(agent, 5);
    const { reached, text } = await report();
    expect(reached).toBe(false);
    expect(text).toContain('✗ service: no data; nothing of its 1 lines was seen to run');
    expect(text).not.toMatch(/^service .*100/m);
  });

  it('is red when the scenarios or the tests were not measured at all', async () => {
    const { agent, service, start, report, tested } = project();
    tested(agent, 5);
    expect(await report(0)).toMatchObject({
      reached: false,
      text: expect.stringContaining('no coverage of scenarios was found') as string,
    });
    await Promise.all([start(agent), start(service)]);
    rmSync(join(agent, '..', '..', '..', 'tests.json'));
    expect(await report(0)).toMatchObject({
      reached: false,
      text: expect.stringContaining('no coverage of tests was found') as string,
    });
  });

  it('says which processes were killed before they could tell, and counts what the others told', async () => {
    const { agent, service, scenarios, start, tested, report } = project();
    const started = start(agent);
    await Promise.all([started, start(service)]);
    tested(agent, 5);
    const note = (name: string, pid: number) =>
      writeFileSync(join(scenarios, `launched-${name}-${pid}.json`), JSON.stringify({ name, pid }));
    note('agent', started.child.pid ?? 0);
    note('agent', 999_999_901);
    expect(await report()).toMatchObject({
      reached: true,
      text: expect.stringContaining(
        'scenarios: 1 process was killed and left no coverage (agent ×1); 2 left theirs',
      ) as string,
    });
    note('service', 999_999_902);
    writeFileSync(join(scenarios, 'coverage-999999902-1-0.json'), '{ "result": [{ "scr');
    expect(await report()).toMatchObject({
      reached: false,
      text: expect.stringMatching(
        /1 file ends in the middle[^]*✗ no process of service left coverage during scenarios/,
      ) as string,
    });
  });
});
