import { readFileSync, readdirSync, readlinkSync } from 'node:fs';

import { commandLineOf, isGone, processIds } from './identity.ts';

export interface PortOwner {
  readonly pid: number;
  readonly command: string;
}

const LISTENING = '0A';

/** The process that listens on a TCP port, where the system tells (Linux, and only one's own processes unless root). */
export function ownerOfPort(port: number): PortOwner | undefined {
  if (process.platform !== 'linux') return undefined;
  const sockets = new Set(
    ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) => listeningSockets(table, port)),
  );
  if (sockets.size === 0) return undefined;
  const pid = processIds().find((candidate) => holdsSocket(candidate, sockets));
  return pid === undefined ? undefined : { pid, command: commandLineOf(pid) ?? 'unknown command' };
}

/** `socket:[inode]` of each listener on the port; columns as in proc(5): local address 1, state 3, inode 9. */
function listeningSockets(table: string, port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return readTable(table)
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((columns) => columns[1]?.endsWith(suffix) === true && columns[3] === LISTENING)
    .map((columns) => `socket:[${columns[9] ?? ''}]`);
}

function readTable(table: string): string {
  try {
    return readFileSync(table, 'utf8');
  } catch (error) {
    // A kernel without IPv6 has no second table.
    if (isGone(error)) return '';
    throw error;
  }
}

function holdsSocket(pid: number, sockets: ReadonlySet<string>): boolean {
  const directory = `/proc/${String(pid)}/fd`;
  try {
    return readdirSync(directory).some((descriptor) => sockets.has(readLink(`${directory}/${descriptor}`)));
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
}

function readLink(path: string): string {
  try {
    return readlinkSync(path);
  } catch (error) {
    // The descriptor was closed while we looked.
    if (isGone(error)) return '';
    throw error;
  }
}
