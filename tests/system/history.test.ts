import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { RunState } from '../../src/contracts/runs.ts';
import { PROJECT_ROOT } from '../../src/environment/state/paths.ts';
import { publishRun } from '../../src/reporting/publish-run.ts';
import { toTimestamp } from '../../src/support/clock.ts';
import { passedPhases, passedRun, runOf, RUN_STARTED_MS } from '../fixtures/runs.ts';
import { e2e } from './support/e2e-command.ts';

/** Recorded runs of a scenario that only this test has, and an environment of nothing but ClickHouse. */
const NAME = 'history-test';
const SCENARIO = 'history-test-scenario';
const RUNS = join(PROJECT_ROOT, '.e2e', 'runs');
const ID = 'history-test-run';
const ids: string[] = [];

async function publish(number: number, run: RunState): Promise<void> {
  const runId = `${ID}-${String(number)}`;
  ids.push(runId);
  const startedMs = RUN_STARTED_MS + number * 60_000;
  await publishRun({
    run: {
      ...run,
      runId,
      scenario: SCENARIO,
      evidenceFile: null,
      startedAt: toTimestamp(startedMs),
      finishedAt: toTimestamp(startedMs + 40_000),
    },
    stateDirectory: join(PROJECT_ROOT, '.e2e'),
    surroundings: { temporalUi: null, timeScale: 60 },
  });
}

beforeAll(async () => {
  const red = passedPhases().map((phase) =>
    phase.name === 'validate-quality'
      ? {
          ...phase,
          verdict: 'failed' as const,
          gates: phase.gates.map((each) =>
            each.gate === 'quality-maintained'
              ? { ...each, verdict: 'failed' as const, observed: '0.7' }
              : each,
          ),
        }
      : phase,
  );
  await publish(1, passedRun());
  await publish(2, runOf('failed', red));
  await publish(3, passedRun());
  await publish(4, passedRun());
  const up = await e2e('up', '--name', NAME, '--ports', 'auto', '--only', 'clickhouse');
  expect(up, up.errors).toMatchObject({ exitCode: 0 });
});
afterAll(async () => {
  for (const id of ids) rmSync(join(RUNS, id), { recursive: true, force: true });
  await e2e('down', '--name', NAME);
});

const history = (...words: string[]) => e2e('history', SCENARIO, '--name', NAME, ...words);

interface Row {
  readonly kind: string;
  readonly [field: string]: unknown;
}
const rowsOf = (output: string): Row[] =>
  output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);

describe('e2e history', () => {
  it('shows trends of runs that were recorded before the environment was there', async () => {
    const { exitCode, output, errors } = await history();
    expect(exitCode, errors).toBe(0);
    expect(output).toMatch(/history-test-scenario +4 +75 % +40 s +40 s +0\.67 {2}\.F\.\./);
    expect(output).toMatch(/quality-maintained/);
    expect(output.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  it('answers machines, and the newest only', async () => {
    const rows = rowsOf((await history('--json')).output);
    expect(rows.find(({ kind }) => kind === 'scenario')).toMatchObject({ scenario: SCENARIO, runs: 4 });
    expect(rows.filter(({ kind }) => kind === 'gate')).toMatchObject([
      { gate: 'quality-maintained', failed: 1, flakeScore: 2 / 3 },
    ]);
    const newest = rowsOf((await history('--json', '--last', '2')).output);
    expect(newest.find(({ kind }) => kind === 'scenario')).toMatchObject({ runs: 2, flakeScore: 0 });
  });

  it('says which record it cannot read, and shows the rest', async () => {
    await publish(5, passedRun());
    writeFileSync(join(RUNS, `${ID}-5`, 'run.json'), '{"runId"');
    const { exitCode, output, errors } = await history();
    expect(exitCode).toBe(0);
    expect(errors).toContain(`run ${ID}-5 is left out`);
    expect(output).toMatch(/history-test-scenario +4 /);
    rmSync(join(RUNS, `${ID}-5`), { recursive: true });
  });

  it('refuses what it does not know', async () => {
    expect(await e2e('history', 'spot-migratoin', '--name', NAME)).toMatchObject({
      exitCode: 2,
      errors: expect.stringContaining('Did you mean `spot-migration`?') as string,
    });
    expect(await history('--since', 'yesterday')).toMatchObject({ exitCode: 2 });
    expect(await e2e('history', '--name', 'history-nowhere')).toMatchObject({
      exitCode: 3,
      errors: expect.stringContaining('no environment "history-nowhere" is up') as string,
    });
  });
});

describe('e2e diff', () => {
  it('names the first divergence on top and ends with 1', async () => {
    const { exitCode, output } = await e2e('diff', `${ID}-1`, `${ID}-2`);
    expect(exitCode).toBe(1);
    expect(output.split('\n')[3]).toBe('First divergence: gate 7 validate-quality quality-maintained');
    const json = await e2e('diff', `${ID}-1`, `${ID}-2`, '--json');
    expect(JSON.parse(json.output)).toMatchObject({
      sameVerdicts: false,
      firstDivergence: { phase: 'validate-quality', gate: 'quality-maintained' },
    });
  });

  it('ends with 0 when the verdicts are the same', async () => {
    expect(await e2e('diff', `${ID}-1`, `${ID}-3`)).toMatchObject({ exitCode: 0 });
  });

  it('refuses a beginning that does not decide, and a run that nobody knows', async () => {
    expect(await e2e('diff', ID, `${ID}-1`)).toMatchObject({
      exitCode: 2,
      errors: expect.stringContaining('is the beginning of') as string,
    });
    expect(await e2e('diff', 'nothing-like-it', `${ID}-1`)).toMatchObject({ exitCode: 2 });
  });
});
