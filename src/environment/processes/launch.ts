import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

import { OptiInfraError } from '../../support/errors.ts';
import type { ProcessCommand } from '../definition.ts';
import { identify, type ProcessIdentity } from './identity.ts';
import { lastLogLines } from './log-tail.ts';

export interface LaunchOptions {
  readonly name: string;
  readonly command: ProcessCommand;
  /** Standard output and error are appended here. */
  readonly logFile: string;
  /** Holds the identity while the process lives, so that another launcher can find it. */
  readonly processFile: string;
}

export interface LaunchedProcess {
  readonly identity: ProcessIdentity;
  /** Settles when the process ends, with how; never rejects. */
  readonly ended: Promise<string>;
}

/**
 * Starts a process that outlives this one: a session of its own, output to its log.
 * @throws OptiInfraError `BINARY_MISSING` or `PROCESS_DIED` when the system refuses to start it.
 */
export async function launchProcess(options: LaunchOptions): Promise<LaunchedProcess> {
  const { command } = options;
  mkdirSync(dirname(options.logFile), { recursive: true, mode: 0o700 });
  mkdirSync(dirname(options.processFile), { recursive: true });
  const log = openSync(options.logFile, 'a', 0o600);
  try {
    const child = spawn(command.file, command.arguments, {
      detached: true,
      stdio: ['ignore', log, log],
      // A copy: a Node whose own coverage is measured writes that variable into what it is given here.
      env: { ...command.variables },
      cwd: command.workingDirectory,
      ...(command.user === undefined ? {} : { uid: command.user.uid, gid: command.user.gid }),
    });
    const ended = new Promise<string>((resolve) => {
      child.once('exit', (code, signal) => resolve(describeEnd(code, signal)));
    });
    const pid = await spawned(child, options);
    // A process that is gone already has no identity; `ended` tells how it went.
    const identity = identify(pid) ?? { pid, started: 'gone' };
    writeFileSync(options.processFile, JSON.stringify(identity));
    child.unref();
    return { identity, ended };
  } finally {
    closeSync(log);
  }
}

async function spawned(child: ReturnType<typeof spawn>, options: LaunchOptions): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (cause) => reject(refusal(cause, options)));
  });
  if (child.pid === undefined) throw refusal(new Error('no process id'), options);
  return child.pid;
}

function refusal(cause: Error, options: LaunchOptions): OptiInfraError {
  const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
  return new OptiInfraError(
    missing ? 'BINARY_MISSING' : 'PROCESS_DIED',
    `${options.name} could not be started: ${options.command.file}`,
    { cause, details: { process: options.name }, hint: 'Run `make setup`, then `e2e doctor`.' },
  );
}

function describeEnd(code: number | null, signal: NodeJS.Signals | null): string {
  return signal === null ? `exit code ${String(code)}` : `signal ${signal}`;
}

/** The one error for a process that ended while it was awaited. */
export function processDied(name: string, how: string, logFile: string): OptiInfraError {
  return new OptiInfraError('PROCESS_DIED', `${name} ended while it was starting (${how})`, {
    details: { process: name, how, logLines: lastLogLines(logFile) },
    hint: `See the lines above; \`e2e doctor\` checks what ${name} needs.`,
  });
}
