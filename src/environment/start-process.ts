import { connect } from 'node:net';

import type { Clock } from '../support/clock.ts';
import { OptiInfraError, describeError } from '../support/errors.ts';
import { displayName, type ProcessContext, type ProcessDefinition } from './definition.ts';
import { haltProcess } from './processes/halt.ts';
import type { ProcessIdentity } from './processes/identity.ts';
import { launchProcess, processDied } from './processes/launch.ts';
import { noteMeasured } from './processes/measured.ts';
import { lastLogLines } from './processes/log-tail.ts';
import type { EnvironmentPaths } from './state/paths.ts';

/** Wall milliseconds between two looks at a process that is starting, at first and at most, and for one look. */
const FIRST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 250;
const LOOK_LIMIT_MS = 5_000;

export interface StartOptions {
  readonly definition: ProcessDefinition;
  readonly context: ProcessContext;
  readonly paths: EnvironmentPaths;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Told as soon as the process exists, before it is ready. */
  readonly onLaunched: (identity: ProcessIdentity) => void;
}

/** A process that answered its probe. Disposing of it stops it. */
export interface StartedProcess extends AsyncDisposable {
  readonly identity: ProcessIdentity;
  readonly readyAfterMs: number;
  readonly detail: string;
}

/**
 * Starts one process and waits until it is ready, ended, out of time or no longer wanted: whichever is first.
 * @throws OptiInfraError `BINARY_MISSING`, `PROCESS_DIED` or `NOT_READY` with the last log lines and the mend.
 */
export async function startProcess(options: StartOptions): Promise<StartedProcess> {
  const { definition, context, paths, clock, signal } = options;
  const startedMs = clock.monotonicMs();
  await definition.prepare(context);
  signal.throwIfAborted();
  const name = displayName(definition.name);
  const logFile = paths.logFile(definition.name);
  const command = definition.command(context);
  const { identity, ended } = await launchProcess({
    name,
    command,
    logFile,
    processFile: paths.processFile(definition.name),
  });
  options.onLaunched(identity);
  noteMeasured(command, name, identity);
  // Whoever loses the race stops looking.
  const over = new AbortController();
  const died = ended.then((how) => {
    throw processDied(name, how, logFile);
  });
  try {
    const detail = await Promise.race([untilReady(options, AbortSignal.any([over.signal, signal])), died]);
    return {
      identity,
      readyAfterMs: clock.monotonicMs() - startedMs,
      detail,
      [Symbol.asyncDispose]: async () => {
        await haltProcess(identity, definition.stopSignal);
      },
    };
  } finally {
    over.abort();
    // It may well end later, when it is stopped: by then nobody listens to this promise.
    died.catch(() => undefined);
  }
}

async function untilReady(options: StartOptions, signal: AbortSignal): Promise<string> {
  const { definition, context, clock } = options;
  const startedMs = clock.monotonicMs();
  const deadlineMs = startedMs + definition.deadlineMs;
  let last: unknown = new Error('nothing listens yet');
  let loaded = false;
  while (clock.monotonicMs() < deadlineMs) {
    signal.throwIfAborted();
    // Clients are heavy: none is used before somebody listens.
    loaded ||= await portsOpen(options);
    if (loaded) {
      try {
        return await definition.probe(context, AbortSignal.any([signal, AbortSignal.timeout(LOOK_LIMIT_MS)]));
      } catch (error) {
        last = error;
      }
    }
    await clock.sleepWall(pauseAfter(clock.monotonicMs() - startedMs), signal);
  }
  throw notReady(options, last);
}

/** A tenth of what was waited already: a look costs its process work, most of all while the machine is busy. */
function pauseAfter(waitedMs: number): number {
  return Math.min(LONGEST_PAUSE_MS, Math.max(FIRST_PAUSE_MS, waitedMs / 10));
}

async function portsOpen({ definition, context }: StartOptions): Promise<boolean> {
  const open = await Promise.all(definition.ports.map((port) => accepts(context.descriptor.ports[port])));
  return open.every((isOpen) => isOpen);
}

async function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const answer = (isOpen: boolean) => () => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once('connect', answer(true));
    socket.once('error', answer(false));
  });
}

function notReady({ definition, paths }: StartOptions, last: unknown): OptiInfraError {
  const name = displayName(definition.name);
  const seconds = definition.deadlineMs / 1_000;
  return new OptiInfraError('NOT_READY', `${name} was not ready after ${seconds} s: ${describeError(last)}`, {
    details: { process: name, logLines: lastLogLines(paths.logFile(definition.name)) },
    hint: 'See the lines above; on a busy machine try again, `e2e doctor` looks at memory and disk.',
  });
}
