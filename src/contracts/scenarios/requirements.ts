import type { ColdStart } from '../environment.ts';
import type { ScenarioDefinition } from './definition.ts';

/** What an environment and its machine offer to a scenario. */
export interface Offer {
  readonly name: string;
  readonly coldStart: ColdStart;
  readonly timeScale: number;
  readonly urls: Readonly<Record<string, unknown>>;
  readonly freeMemoryMb: number;
}
export interface MissingRequirement {
  readonly what: string;
  readonly mend: string;
}

/** What a scenario needs and an environment lacks; the command line and suites ask alike. */
export function missingRequirements(
  { requires = {} }: ScenarioDefinition,
  offer: Offer,
): readonly MissingRequirement[] {
  const again = (option: string): string =>
    `\`e2e down --name ${offer.name}\`, then \`e2e up --name ${offer.name} ${option}\`.`;
  const lacks: MissingRequirement[] = [];
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
