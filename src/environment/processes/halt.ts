import { setTimeout as delay } from 'node:timers/promises';

import { isGone, isRunning, processTree, type ProcessIdentity } from './identity.ts';

/** Wall milliseconds a process gets to stop by itself; Temporal's server was seen to take four seconds. */
const GRACE_MS = 6_000;
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

/** Sends a signal to a process and its descendants, parents first (so that none restarts a child). */
export function signalTree(identity: ProcessIdentity, signal: NodeJS.Signals): boolean {
  return processTree(identity)
    .map((member) => signalProcess(member, signal))
    .some((sent) => sent);
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
  signalTree(identity, 'SIGCONT');
  if (await allGone(tree, graceMs)) return 'stopped';
  for (const member of [...tree, ...processTree(identity)]) signalProcess(member, 'SIGKILL');
  await allGone(tree, GRACE_MS);
  return 'killed';
}

async function allGone(tree: readonly ProcessIdentity[], deadlineMs: number): Promise<boolean> {
  const started = performance.now();
  while (tree.some(isRunning)) {
    if (performance.now() - started > deadlineMs) return false;
    await delay(LOOK_EVERY_MS);
  }
  return true;
}
