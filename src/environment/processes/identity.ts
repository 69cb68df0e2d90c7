import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';

/** A process told apart from a later one that got the same number: its id and when it started. */
export interface ProcessIdentity {
  readonly pid: number;
  /** The system's own word for the start time (clock ticks since boot on Linux); only compared, never computed with. */
  readonly started: string;
}

interface ProcessStatus extends ProcessIdentity {
  readonly parent: number;
  readonly state: string;
}

/** The identity of a running process; undefined when there is none, or only its unreaped remains. */
export function identify(pid: number): ProcessIdentity | undefined {
  const status = anyStatus(pid);
  if (status === undefined || status.state.startsWith('Z') || status.state.startsWith('X')) return undefined;
  return { pid, started: status.started };
}

/** True while this very process runs. */
export function isRunning(identity: ProcessIdentity): boolean {
  return identify(identity.pid)?.started === identity.started;
}

/** True while the system keeps the number for this process: running, or ended and not yet reaped by its parent. */
export function isKnown(identity: ProcessIdentity): boolean {
  return anyStatus(identity.pid)?.started === identity.started;
}

/** True for a process that ended and that its parent took no note of. */
export function isUnreaped(pid: number): boolean {
  return anyStatus(pid) !== undefined && identify(pid) === undefined;
}

/** The process and all that descend from it, parents first. */
export function processTree(root: ProcessIdentity): ProcessIdentity[] {
  if (!isRunning(root)) return [];
  const children = childrenByParent();
  const tree: ProcessIdentity[] = [];
  const queue = [root];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    tree.push(next);
    queue.push(...(children.get(next.pid) ?? []));
  }
  return tree;
}

/** Ids of the processes whose environment holds `NAME=value` (Linux; elsewhere none can be read). */
export function processesWithVariable(name: string, value: string): ProcessIdentity[] {
  if (process.platform !== 'linux') return [];
  const wanted = `${name}=${value}`;
  return processIds().flatMap((pid) => {
    const variables = readProc(pid, 'environ');
    const identity = variables?.split('\0').includes(wanted) === true ? identify(pid) : undefined;
    return identity === undefined ? [] : [identity];
  });
}

/** What a process was started as, for people. */
export function commandLineOf(pid: number): string | undefined {
  const words = readProc(pid, 'cmdline')
    ?.split('\0')
    .filter((word) => word !== '');
  return words === undefined || words.length === 0 ? undefined : words.join(' ').slice(0, 120);
}

function childrenByParent(): Map<number, ProcessIdentity[]> {
  const children = new Map<number, ProcessIdentity[]>();
  const all =
    process.platform === 'linux' ? processIds().map((pid) => statusFromProc(pid)) : allStatusesFromPs();
  for (const status of all) {
    if (status === undefined) continue;
    const siblings = children.get(status.parent) ?? [];
    siblings.push({ pid: status.pid, started: status.started });
    children.set(status.parent, siblings);
  }
  return children;
}

export function processIds(): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number);
}

function anyStatus(pid: number): ProcessStatus | undefined {
  return process.platform === 'linux' ? statusFromProc(pid) : statusFromPs(pid);
}

function statusFromProc(pid: number): ProcessStatus | undefined {
  const stat = readProc(pid, 'stat');
  if (stat === undefined) return undefined;
  // The command in brackets may hold spaces and brackets; the fields begin after the last one. See proc_pid_stat(5).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return { pid, state: fields[0] ?? '', parent: Number(fields[1]), started: fields[19] ?? '' };
}

function statusFromPs(pid: number): ProcessStatus | undefined {
  return allStatusesFromPs().find((status) => status.pid === pid);
}

function allStatusesFromPs(): ProcessStatus[] {
  const lines = execFileSync('ps', ['-axo', 'pid=,ppid=,stat=,lstart='], { encoding: 'utf8' }).split('\n');
  return lines.flatMap((line) => {
    const [, pid, parent, state, started] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.+?)\s*$/.exec(line) ?? [];
    if (pid === undefined || state === undefined || started === undefined) return [];
    return [{ pid: Number(pid), parent: Number(parent), state, started }];
  });
}

/** A file of `/proc/<pid>`; undefined when the process ended meanwhile or belongs to somebody else. */
function readProc(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${String(pid)}/${file}`, 'utf8');
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

export function isGone(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return ['ENOENT', 'ESRCH', 'EACCES', 'EPERM', 'ENOTDIR'].includes(code);
}
