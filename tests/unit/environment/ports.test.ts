import { createServer, type Server } from 'node:net';

import { afterEach, describe, expect, it } from 'vitest';

import { DEFAULT_PORTS } from '../../../src/contracts/ports.ts';
import { choosePorts, isFree } from '../../../src/environment/ports.ts';
import { ownerOfPort } from '../../../src/environment/processes/port-owner.ts';

const NOBODY = { needed: [], taken: new Set<number>(), environmentOf: () => undefined };
const servers: Server[] = [];

async function listenOn(port: number): Promise<number> {
  const server = createServer();
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : Number.NaN;
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map(async (server) => new Promise((resolve) => server.close(resolve))));
});

describe('ports', () => {
  it('gives every process a port of its own when asked for free ones', async () => {
    const ports = await choosePorts({ choice: 'auto', ...NOBODY });
    const numbers = Object.values(ports);
    expect(Object.keys(ports).sort()).toEqual(Object.keys(DEFAULT_PORTS).sort());
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(numbers.every((port) => port >= 20_000 && port <= 31_999)).toBe(true);
  });

  it('never gives a port that another environment was given', async () => {
    const odd = new Set(Array.from({ length: 6_000 }, (_, index) => 20_001 + 2 * index));
    const ports = await choosePorts({ choice: 'auto', ...NOBODY, taken: odd });
    expect(Object.values(ports).filter((port) => odd.has(port))).toEqual([]);
  });

  it('says so when too few are free', async () => {
    const all = new Set(Array.from({ length: 12_000 }, (_, index) => 20_000 + index));
    await expect(choosePorts({ choice: 'auto', ...NOBODY, taken: all })).rejects.toMatchObject({
      code: 'PORT_BUSY',
    });
  });

  it('sees a port that is listened on, and by whom', async () => {
    const port = await listenOn(0);
    expect(await isFree(port)).toBe(false);
    if (process.platform === 'linux') expect(ownerOfPort(port)?.pid).toBe(process.pid);
  });

  it('refuses a busy default port with its number, its process and the mend', async () => {
    if (await isFree(DEFAULT_PORTS.qdrant)) await listenOn(DEFAULT_PORTS.qdrant);
    const refusal = choosePorts({ choice: 'default', ...NOBODY, needed: ['qdrant'] });
    await expect(refusal).rejects.toMatchObject({
      code: 'PORT_BUSY',
      message: expect.stringMatching(/^port 6334 of qdrant is held by process \d+ \(.+\)/) as string,
      hint: expect.stringContaining('e2e up --ports auto') as string,
    });
  });

  it('names the environment that a busy port was given to', async () => {
    if (await isFree(DEFAULT_PORTS.qdrant)) await listenOn(DEFAULT_PORTS.qdrant);
    const refusal = choosePorts({
      choice: 'default',
      ...NOBODY,
      needed: ['qdrant'],
      environmentOf: () => 'nightly',
    });
    await expect(refusal).rejects.toMatchObject({
      message: expect.stringContaining('of the environment nightly') as string,
      hint: expect.stringContaining('e2e down --name nightly') as string,
    });
  });
});
