import type { EngineConfiguration } from '../../../contracts/api/customers.ts';

export function sameConfiguration(one: EngineConfiguration, other: EngineConfiguration): boolean {
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]) as Set<keyof EngineConfiguration>;
  return [...keys].every((key) => one[key] === other[key]);
}

/** What differs, as people write it: `revision main → 2026-11-fp8`. */
export function differences(from: EngineConfiguration, to: EngineConfiguration): readonly string[] {
  const keys = Object.keys(from) as (keyof EngineConfiguration)[];
  return keys
    .filter((key) => from[key] !== to[key])
    .map((key) => `${key} ${String(from[key])} → ${String(to[key])}`);
}
