import { freemem } from 'node:os';

import type { EnvironmentDescriptor } from '../../contracts/environment.ts';
import type { ScenarioDefinition } from '../../contracts/scenarios/index.ts';
import { OptiInfraError } from '../../support/errors.ts';

/** What an environment and its machine offer to a scenario. */
export type Offer = Pick<EnvironmentDescriptor, 'name' | 'coldStart'> & {
  readonly timeScale: number;
  readonly urls: Readonly<Record<string, unknown>>;
  readonly freeMemoryMb: number;
};

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

/** Refuses before anything starts. @throws OptiInfraError `ENVIRONMENT_MISMATCH` with what is missing and the mend. */
export function checkRequirements(scenario: ScenarioDefinition, offer: Offer): void {
  const [first] = missing(scenario, offer);
  if (first === undefined) return;
  throw new OptiInfraError('ENVIRONMENT_MISMATCH', `${scenario.name} needs ${first.what}`, {
    hint: first.mend,
  });
}

interface Missing {
  readonly what: string;
  readonly mend: string;
}

function missing({ requires = {} }: ScenarioDefinition, offer: Offer): Missing[] {
  const again = (option: string): string =>
    `\`e2e down --name ${offer.name}\`, then \`e2e up --name ${offer.name} ${option}\`.`;
  const lacks: Missing[] = [];
  const { minimum = 0, maximum = Number.POSITIVE_INFINITY } = requires.timeScale ?? {};
  if (offer.timeScale < minimum || offer.timeScale > maximum) {
    const wanted = offer.timeScale < minimum ? minimum : maximum;
    const bound = offer.timeScale < minimum ? 'at least' : 'at most';
    lacks.push({
      what: `a time scale of ${bound} ${String(wanted)}; environment "${offer.name}" has ${String(offer.timeScale)}`,
      mend: again(`--time-scale ${String(wanted)}`),
    });
  }
  if (requires.coldStart !== undefined && requires.coldStart !== offer.coldStart) {
    lacks.push({
      what: `cold start "${requires.coldStart}"; environment "${offer.name}" has "${offer.coldStart}"`,
      mend: again(`--cold-start ${requires.coldStart}`),
    });
  }
  for (const cloud of requires.clouds ?? []) {
    if (typeof offer.urls[cloud] === 'string') continue;
    lacks.push({
      what: `the cloud ${cloud}, which environment "${offer.name}" does not serve`,
      mend: again(''),
    });
  }
  if ((requires.freeMemoryMb ?? 0) > offer.freeMemoryMb) {
    lacks.push({
      what: `${String(requires.freeMemoryMb)} MB of free memory; ${String(offer.freeMemoryMb)} MB are left`,
      mend: 'Stop what else runs on this machine, or `e2e down --all`.',
    });
  }
  return lacks;
}
