import type { EngineConfiguration } from '../../contracts/api/customers.ts';

/** What differs, as people write it: `revision main → 2026-11-fp8`; empty when they are the same. */
export function differences(from: EngineConfiguration, to: EngineConfiguration): readonly string[] {
  const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])] as (keyof EngineConfiguration)[];
  return keys
    .filter((key) => from[key] !== to[key])
    .map((key) => `${key} ${String(from[key])} → ${String(to[key])}`);
}

export function sameConfiguration(one: EngineConfiguration, other: EngineConfiguration): boolean {
  return differences(one, other).length === 0;
}
