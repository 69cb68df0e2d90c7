import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';

import { isGone, processTree, type ProcessIdentity } from '../../src/environment/processes/identity.ts';

/** What one process of an environment and its descendants have used since they began. */
export interface ProcessUsage {
  readonly name: string;
  readonly cpuSeconds: number;
  /** Shared pages count in every process that maps them. */
  readonly residentMib: number;
  /** Shared pages count once in all: the sum over processes is what the machine gives. */
  readonly proportionalMib: number;
}

/** Clock ticks a second in `/proc`: 100 in every Linux ABI that Node runs on. */
const TICKS_PER_SECOND = 100;

/** Usage of every process of the environment in this directory, by name. Linux only. */
export function usageOf(environmentDirectory: string): ProcessUsage[] {
  const directory = join(environmentDirectory, 'processes');
  return readdirSync(directory)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => {
      const identity = JSON.parse(readFileSync(join(directory, file), 'utf8')) as ProcessIdentity;
      return usageOfTree(basename(file, '.json'), identity);
    });
}

function usageOfTree(name: string, root: ProcessIdentity): ProcessUsage {
  const members = processTree(root).map(({ pid }) => ({ cpu: cpuSecondsOf(pid), ...memoryOf(pid) }));
  return {
    name,
    cpuSeconds: sum(members.map(({ cpu }) => cpu)),
    residentMib: sum(members.map(({ residentMib }) => residentMib)),
    proportionalMib: sum(members.map(({ proportionalMib }) => proportionalMib)),
  };
}

/** CPU of a process and of its children that have ended and were waited for; 0 when it is gone. */
function cpuSecondsOf(pid: number): number {
  const [user, system, userOfChildren, systemOfChildren] = cpuTicks(pid);
  return (user + system + userOfChildren + systemOfChildren) / TICKS_PER_SECOND;
}

/** CPU of our own ended children, the commands we ran. */
export function cpuSecondsOfCommands(): number {
  const [, , userOfChildren, systemOfChildren] = cpuTicks(process.pid);
  return (userOfChildren + systemOfChildren) / TICKS_PER_SECOND;
}

function cpuTicks(pid: number): [number, number, number, number] {
  const stat = readProc(pid, 'stat');
  // The command in brackets may hold spaces; the fields begin after it. See proc_pid_stat(5).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const at = (index: number): number => Number(fields[index] ?? 0);
  return [at(11), at(12), at(13), at(14)];
}

function memoryOf(pid: number): { residentMib: number; proportionalMib: number } {
  const text = readProc(pid, 'smaps_rollup');
  const mib = (field: string): number =>
    Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) / 1_024;
  return { residentMib: mib('Rss'), proportionalMib: mib('Pss') };
}

/** Empty when the process ended meanwhile. */
function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${String(pid)}/${file}`, 'utf8');
  } catch (error) {
    if (isGone(error)) return '';
    throw error;
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
