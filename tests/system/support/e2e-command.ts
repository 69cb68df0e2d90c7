import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { processesWithVariable } from '../../../src/environment/processes/identity.ts';
import { environmentPaths, PROJECT_ROOT } from '../../../src/environment/state/paths.ts';

export interface CommandResult {
  readonly exitCode: number;
  readonly output: string;
  readonly errors: string;
}

export interface RunningCommand {
  readonly pid: number;
  /** Standard output so far. */
  readonly printed: () => string;
  readonly result: Promise<CommandResult>;
}

const MOST_OUTPUT = 64 * 1024 * 1024;

/** Runs `e2e` as a user does, in a process of its own. */
export function startE2e(words: readonly string[], variables: NodeJS.ProcessEnv = {}): RunningCommand {
  let pid = 0;
  let printed = '';
  const result = new Promise<CommandResult>((resolve) => {
    const child = execFile(
      process.execPath,
      [join(PROJECT_ROOT, 'src', 'cli', 'main.ts'), ...words],
      { env: { ...process.env, ...variables }, cwd: PROJECT_ROOT, maxBuffer: MOST_OUTPUT },
      (error, output, errors) => {
        const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : Number.NaN;
        resolve({ exitCode, output, errors });
      },
    );
    pid = child.pid ?? 0;
    child.stdout?.on('data', (text: string) => (printed += text));
  });
  return { pid, printed: () => printed, result };
}

export async function e2e(...words: string[]): Promise<CommandResult> {
  return startE2e(words).result;
}

/** What is there of an environment: its directory, its processes. Empty when it is down. */
export function remainsOf(name: string): string[] {
  const { directory } = environmentPaths(PROJECT_ROOT, name);
  const processes = processesWithVariable('OPTIINFRA_ENVIRONMENT_DIRECTORY', directory);
  return [
    ...(existsSync(directory) ? [directory] : []),
    ...processes.map(({ pid }) => `process ${String(pid)}`),
  ];
}
