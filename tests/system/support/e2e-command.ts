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
  readonly result: Promise<CommandResult>;
}

/** Runs `e2e` as a user does, in a process of its own. */
export function startE2e(words: readonly string[], variables: NodeJS.ProcessEnv = {}): RunningCommand {
  let pid = 0;
  const result = new Promise<CommandResult>((resolve) => {
    const child = execFile(
      process.execPath,
      [join(PROJECT_ROOT, 'src', 'cli', 'main.ts'), ...words],
      { env: { ...process.env, ...variables }, cwd: PROJECT_ROOT },
      (error, output, errors) => {
        const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : Number.NaN;
        resolve({ exitCode, output, errors });
      },
    );
    pid = child.pid ?? 0;
  });
  return { pid, result };
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
