import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { RunState } from '../../src/contracts/runs.ts';
import {
  connectEnvironment,
  killProcess,
  PROJECT_ROOT,
  restartProcess,
} from '../../src/environment/index.ts';
import type { RunEvent } from '../../src/reporting/events.ts';
import { anchorNow, createClock } from '../../src/support/clock.ts';
import { waitFor } from '../../src/support/waiting.ts';
import { e2e, remainsOf, startE2e } from './support/e2e-command.ts';

/** The main job and its drills, through the real command line in one real environment. */
const NAME = 'system-spot-migration';
const clock = createClock(anchorNow(1));

beforeAll(async () => {
  if (remainsOf(NAME).length > 0) await e2e('down', '--name', NAME);
  const up = await e2e('up', '--name', NAME, '--ports', 'auto');
  expect(up.exitCode, up.errors).toBe(0);
});

afterAll(async () => {
  await e2e('down', '--name', NAME);
  expect(remainsOf(NAME)).toEqual([]);
});

/** Runs the scenario to its verdict and reads the record it leaves. */
async function run(...options: readonly string[]): Promise<{ exitCode: number; record: RunState }> {
  const words = ['run', 'spot-migration', '--name', NAME, '--json', ...options];
  const { exitCode, output, errors } = await e2e(...words);
  const [first] = eventsIn(output);
  expect(first?.type, errors).toBe('run-started');
  return { exitCode, record: recordOf(runIdOf(first)) };
}

function eventsIn(output: string): RunEvent[] {
  return output
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as RunEvent);
}

function runIdOf(event: RunEvent | undefined): string {
  return event?.type === 'run-started' ? event.run.runId : '';
}

function recordOf(runId: string): RunState {
  return JSON.parse(readFileSync(join(PROJECT_ROOT, '.e2e', 'runs', runId, 'run.json'), 'utf8')) as RunState;
}

function phase(record: RunState, name: string) {
  const found = record.phases.find((each) => each.name === name);
  expect(found, name).toBeDefined();
  return found!;
}

function redGates(record: RunState): string[] {
  return record.phases.flatMap(({ gates }) =>
    gates.filter(({ verdict }) => verdict === 'failed').map(({ gate }) => gate),
  );
}

const fault = (before: string, what: Record<string, unknown>): string[] => [
  '--fault',
  `${before}:${JSON.stringify(what)}`,
];

describe('spot-migration', () => {
  it('passes all nine phases, saves 40 % or more and forecasts within 20 %', async () => {
    const { exitCode, record } = await run('--seed', '7');
    expect(redGates(record)).toEqual([]);
    expect(record.verdict).toBe('passed');
    expect(exitCode).toBe(0);
    expect(record.phases.map(({ verdict }) => verdict)).toEqual(Array(9).fill('passed'));
    expect(record.cleanup).toBe('done');
    const gate = (name: string) =>
      record.phases.flatMap(({ gates }) => gates).find((each) => each.gate === name);
    expect(parseFloat(gate('cost-reduced')!.observed)).toBeGreaterThanOrEqual(40);
    expect(Math.abs(parseFloat(gate('savings-match-prediction')!.observed))).toBeLessThanOrEqual(20);
    const page = readFileSync(join(PROJECT_ROOT, '.e2e', 'runs', record.runId, 'report.html'), 'utf8');
    expect(page).toContain(record.runId);
  });

  it('is red when the canary is slow: the platform rolls back and says why', async () => {
    const { exitCode, record } = await run(
      ...fault('monitor-execution', { kind: 'slow-nodes', lifecycle: 'spot', factor: 1.6 }),
    );
    expect(exitCode).toBe(1);
    expect(redGates(record)).toContain('optimization-successful');
    expect(phase(record, 'monitor-execution').notes.join()).toMatch(
      /rolled_back.*latency worse than control/,
    );
    expect(phase(record, 'validate-quality').status).toBe('not-reached');
  });

  it('is red when the new nodes answer worse', async () => {
    const { exitCode, record } = await run(
      ...fault('monitor-execution', { kind: 'quality-drop', lifecycle: 'spot', drop: 0.08 }),
    );
    expect(exitCode).toBe(1);
    expect(phase(record, 'monitor-execution').notes.join()).toMatch(/rolled_back.*quality fell/);
  });

  it('is red when prices move after the forecast: the promise is checked before 100 %', async () => {
    const { exitCode, record } = await run(
      ...fault('monitor-execution', { kind: 'spot-price-move', factor: 1.9 }),
    );
    expect(exitCode).toBe(1);
    expect(phase(record, 'monitor-execution').notes.join()).toMatch(/rolled_back.*promise broken/);
    const kept = phase(record, 'monitor-execution').evidence.find(
      ({ name }) => name === 'cloud.kept-nodes-running',
    );
    expect(kept?.value).toBe(true);
  });

  it('is red when prices move after the migration: the new cost is not what was promised', async () => {
    const { exitCode, record } = await run(
      ...fault('validate-savings', { kind: 'spot-price-move', factor: 2.2 }),
    );
    expect(exitCode).toBe(1);
    expect(phase(record, 'monitor-execution').verdict).toBe('passed');
    expect(redGates(record)).toEqual(expect.arrayContaining(['savings-match-prediction']));
  });

  it('is inconclusive without traffic, not passed', async () => {
    const { exitCode, record } = await run(...fault('record-initial-state', { kind: 'stop-traffic' }));
    expect(exitCode).toBe(4);
    expect(record.verdict).toBe('inconclusive');
    expect(redGates(record)).toEqual([]);
  });

  it('passes when the worker is killed in the middle of phase 6 and started again', async () => {
    const following = startE2e(['run', 'spot-migration', '--name', NAME, '--json', '--seed', '11']);
    await waitFor(
      async () => {
        const canary = eventsIn(following.printed()).some(
          (event) => event.type === 'step-changed' && event.step === 'deploy_canary',
        );
        return canary
          ? { done: true, value: null }
          : { done: false, observed: following.printed().slice(-200) };
      },
      { condition: 'the canary of the run', deadlineMs: 120_000, intervalMs: 100, clock },
    );
    const environment = connectEnvironment(NAME);
    await killProcess(environment, 'worker', 'SIGKILL');
    await restartProcess(environment, 'worker');
    const { exitCode, output } = await following.result;
    const record = recordOf(runIdOf(eventsIn(output)[0]));
    expect(redGates(record)).toEqual([]);
    expect(exitCode).toBe(0);
    expect(record.verdict).toBe('passed');
  });
});

describe('e2e run', () => {
  it.each([
    { words: ['run', 'spot-migraton'], says: 'Did you mean `spot-migration`?' },
    { words: ['run', 'spot-migration', '--approve', 'manuel'], says: 'Did you mean `manual`?' },
    { words: ['run', 'spot-migration', '--seed', 'seven'], says: '"seven" is not a number' },
    {
      words: ['run', 'spot-migration', '--fault', 'monitor-executon:{"kind":"stop-traffic"}'],
      says: 'Did you mean `monitor-execution`?',
    },
    {
      words: ['run', 'spot-migration', '--fault', 'monitor-execution:{'],
      says: 'is not <phase>[@<step>[.completed]]:<json',
    },
    { words: ['watch'], says: "missing required argument 'run'" },
  ])('refuses $words with exit 2 and the nearest name', async ({ words, says }) => {
    const { exitCode, errors } = await e2e(...words);
    expect(errors).toContain(says);
    expect(exitCode).toBe(2);
  });

  it('refuses an environment of another time scale and names the mend', async () => {
    const { exitCode, errors } = await e2e('run', 'spot-migration', '--name', NAME, '--time-scale', '1');
    expect(exitCode).toBe(3);
    expect(errors).toContain('runs at time scale 60, not 1');
    expect(errors).toContain(`e2e up --name ${NAME} --time-scale 1`);
  });

  it('knows no run that never was', async () => {
    const { exitCode, errors } = await e2e('watch', '20200101-000000-none', '--name', NAME);
    expect(errors).toContain('no run or suite 20200101-000000-none');
    expect(exitCode).toBe(2);
  });
});
