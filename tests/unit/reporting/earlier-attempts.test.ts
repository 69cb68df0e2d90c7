import { mkdtempSync, readFileSync, writeFileSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, it } from 'vitest';

import type { RunState } from '../../../src/contracts/runs.ts';
import { keepEarlierAttempt } from '../../../src/reporting/earlier-attempts.ts';

const attempt = (number: number, workflowRunId: string): RunState =>
  ({ attempt: number, temporal: { workflowRunId } }) as unknown as RunState;
const write = (directory: string, run: RunState): void =>
  writeFileSync(join(directory, 'run.json'), JSON.stringify(run));

it('keeps what an earlier attempt wrote, and nothing when the same attempt is published again', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'attempts-'));
  await keepEarlierAttempt(directory, attempt(1, 'a'));
  expect(existsSync(join(directory, 'attempts'))).toBe(false);
  write(directory, attempt(1, 'a'));
  await keepEarlierAttempt(directory, attempt(1, 'a'));
  expect(existsSync(join(directory, 'attempts'))).toBe(false);
  await keepEarlierAttempt(directory, attempt(2, 'b'));
  expect(JSON.parse(readFileSync(join(directory, 'attempts', '1', 'run.json'), 'utf8'))).toMatchObject({
    attempt: 1,
  });
});

it('writes over no attempt, even when a reset that nobody ordered took its number again', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'attempts-'));
  for (const [now, next] of [
    [attempt(2, 'b'), attempt(2, 'c')],
    [attempt(2, 'c'), attempt(3, 'd')],
  ] as const) {
    write(directory, now);
    await keepEarlierAttempt(directory, next);
  }
  const kept = (name: string) =>
    JSON.parse(readFileSync(join(directory, 'attempts', name, 'run.json'), 'utf8')) as RunState;
  expect(kept('2').temporal.workflowRunId).toBe('b');
  expect(kept('2-c').temporal.workflowRunId).toBe('c');
});
