import { execa } from 'execa';
import { join } from 'node:path';

import { PROJECT_ROOT } from '../../src/environment/state/paths.ts';
import type { Clock } from '../../src/support/clock.ts';
import { cpuSecondsOfCommands } from './process-usage.ts';

/** One call of `e2e`, as a user makes it. */
export interface CommandResult {
  readonly stdout: string;
  readonly exitCode: number;
  readonly wallMs: number;
  /** Of the command itself and what it waited for, not of what it left running. */
  readonly cpuSeconds: number;
}

const LIMIT_MS = 300_000;

/** @throws Error with the command's own words when the exit code is not among `accepted`. */
export async function e2e(
  words: readonly string[],
  clock: Clock,
  accepted: readonly number[] = [0],
): Promise<CommandResult> {
  const cpuBefore = cpuSecondsOfCommands();
  const startedMs = clock.monotonicMs();
  const { stdout, stderr, exitCode } = await execa(
    process.execPath,
    [join(PROJECT_ROOT, 'src', 'cli', 'main.ts'), ...words],
    { cwd: PROJECT_ROOT, reject: false, timeout: LIMIT_MS },
  );
  const wallMs = clock.monotonicMs() - startedMs;
  if (exitCode === undefined || !accepted.includes(exitCode)) {
    throw new Error(`e2e ${words.join(' ')} ended with ${String(exitCode)}\n${stdout}\n${stderr}`);
  }
  return { stdout, exitCode, wallMs, cpuSeconds: cpuSecondsOfCommands() - cpuBefore };
}
