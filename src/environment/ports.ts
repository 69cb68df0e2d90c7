import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

import { DEFAULT_PORTS, type PortName, type Ports } from '../contracts/ports.ts';
import { OptiInfraError } from '../support/errors.ts';
import { displayName } from './definition.ts';
import { ownerOfPort } from './processes/port-owner.ts';

const PORT_NAMES = Object.keys(DEFAULT_PORTS) as PortName[];
/** Below the range from which systems take the ports of outgoing connections, so that a restart finds its port free. */
const AUTO_FIRST = 20_000;
const AUTO_LAST = 31_999;

export interface PortNeeds {
  readonly choice: 'default' | 'auto';
  /** Ports that will be listened on; only these are checked. */
  readonly needed: readonly PortName[];
  /** Ports that other environments were given, even if nothing listens there yet. */
  readonly taken: ReadonlySet<number>;
  /** Name of the environment that was given a port, for the error. */
  readonly environmentOf: (port: number) => string | undefined;
}

/** @throws OptiInfraError `PORT_BUSY` naming port, holder and mend. */
export async function choosePorts(needs: PortNeeds): Promise<Ports> {
  if (needs.choice === 'auto') return autoPorts(needs.taken);
  const busy = (
    await Promise.all(needs.needed.map(async (name) => ((await isFree(DEFAULT_PORTS[name])) ? [] : [name])))
  ).flat();
  if (busy.length > 0) throw portBusy(busy, needs);
  return DEFAULT_PORTS;
}

async function autoPorts(taken: ReadonlySet<number>): Promise<Ports> {
  const ports = new Map<PortName, number>();
  const span = AUTO_LAST - AUTO_FIRST + 1;
  let candidate = randomInt(span);
  for (let tries = 0; tries < span && ports.size < PORT_NAMES.length; tries += 1) {
    const port = AUTO_FIRST + (candidate % span);
    candidate += 1;
    const name = PORT_NAMES[ports.size];
    if (name !== undefined && !taken.has(port) && (await isFree(port))) ports.set(name, port);
  }
  if (ports.size < PORT_NAMES.length) {
    throw new OptiInfraError(
      'PORT_BUSY',
      `fewer than ${PORT_NAMES.length} ports are free from 20000 to 31999`,
    );
  }
  return Object.fromEntries(ports) as unknown as Ports;
}

/** A free port of the range that environments take theirs from. */
export async function freePort(taken: ReadonlySet<number>): Promise<number> {
  return (await autoPorts(taken)).worker;
}

/** True when this process could listen on the port of the loopback address. */
export async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(false);
      else reject(error);
    });
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

function portBusy(busy: readonly PortName[], needs: PortNeeds): OptiInfraError {
  const lines = busy.map((name) => `${DEFAULT_PORTS[name]} of ${displayName(name)} ${holderOf(name, needs)}`);
  const environment = busy
    .map((name) => needs.environmentOf(DEFAULT_PORTS[name]))
    .find((found) => found !== undefined);
  const other = environment === undefined ? 'stop what holds it' : `\`e2e down --name ${environment}\``;
  const noun = busy.length === 1 ? 'port' : 'ports';
  return new OptiInfraError('PORT_BUSY', `${noun} ${lines.join('; ')}`, {
    details: { ports: busy.map((name) => DEFAULT_PORTS[name]) },
    hint: `${other.charAt(0).toUpperCase()}${other.slice(1)}, or choose free ports with \`e2e up --ports auto\`.`,
  });
}

function holderOf(name: PortName, needs: PortNeeds): string {
  const port = DEFAULT_PORTS[name];
  const environment = needs.environmentOf(port);
  const owner = ownerOfPort(port);
  const process =
    owner === undefined ? 'is held by another process' : `is held by process ${owner.pid} (${owner.command})`;
  return environment === undefined ? process : `${process} of the environment ${environment}`;
}
