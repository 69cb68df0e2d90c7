import { setTimeout as delay } from 'node:timers/promises';

import { isGone, isKnown, isRunning, processTree, type ProcessIdentity } from './identity.ts';

/** Wall milliseconds a process gets to stop by itself; Temporal's server was seen to take four seconds. */
const GRACE_MS = 6_000;
/** And how long its parent gets to take note of its end, which an ill-made container's first process never does. */
const REAP_MS = 2_000;
const LOOK_EVERY_MS = 15;

/** Sends a signal to one process if it is still the same. Gives whether it was. */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): boolean {
  if (!isRunning(identity)) return false;
  try {
    process.kill(identity.pid, signal);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH' && isGone(error)) return false;
    throw error;
  }
}

/**
 * Sends a signal to a process and its descendants, parents first (so that none restarts a child). Back from SIGKILL when
 * they are gone. Gives whether there was any.
 */
export async function signalTree(identity: ProcessIdentity, signal: NodeJS.Signals): Promise<boolean> {
  const tree = processTree(identity);
  const sent = tree.map((member) => signalProcess(member, signal)).some((wasThere) => wasThere);
  if (signal === 'SIGKILL') await allEnded(tree, GRACE_MS);
  return sent;
}

/** Waits until the number of an ended process is free: PostgreSQL takes one that is not for a server still running. */
export async function untilReaped(identity: ProcessIdentity): Promise<void> {
  await untilNone([identity], isKnown, REAP_MS);
}

/** Asks a process to stop, then makes it stop; back when it and its descendants are gone. */
export async function haltProcess(
  identity: ProcessIdentity,
  signal: NodeJS.Signals,
  graceMs = GRACE_MS,
): Promise<'stopped' | 'killed' | 'absent'> {
  const tree = processTree(identity);
  if (tree.length === 0) return 'absent';
  signalProcess(identity, signal);
  // A paused process takes no signal but this one.
  await signalTree(identity, 'SIGCONT');
  if (await allEnded(tree, graceMs)) return 'stopped';
  for (const member of [...tree, ...processTree(identity)]) signalProcess(member, 'SIGKILL');
  await allEnded(tree, GRACE_MS);
  return 'killed';
}

async function allEnded(tree: readonly ProcessIdentity[], deadlineMs: number): Promise<boolean> {
  return untilNone(tree, isRunning, deadlineMs);
}

async function untilNone(
  processes: readonly ProcessIdentity[],
  holds: (identity: ProcessIdentity) => boolean,
  deadlineMs: number,
): Promise<boolean> {
  const started = performance.now();
  while (processes.some(holds)) {
    if (performance.now() - started > deadlineMs) return false;
    await delay(LOOK_EVERY_MS);
  }
  return true;
}
