import { freemem } from 'node:os';

import type { EnvironmentDescriptor } from '../contracts/environment.ts';
import type { Offer } from '../contracts/scenarios/requirements.ts';

/** What an environment offers to scenarios now, on this machine. */
export function offerOf(descriptor: EnvironmentDescriptor): Offer {
  const { name, coldStart, anchor, urls } = descriptor;
  return {
    name,
    coldStart,
    timeScale: anchor.timeScale,
    urls: { ...urls },
    freeMemoryMb: Math.floor(freemem() / 2 ** 20),
  };
}
