import type { FleetChoice, FleetName } from '../../src/contracts/fleets.ts';
import { FLEETS } from '../../src/fixtures/fleets.ts';

const PRIORITIES: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  cost: { cost_priority: 0.6, performance_priority: 0.2, quality_priority: 0.2 },
  performance: { cost_priority: 0.2, performance_priority: 0.6, quality_priority: 0.2 },
};

/** The same fleet, of a customer who puts one thing above the others; `none` states no preference. */
export function fleetPreferring(like: FleetName, prefer: string): FleetChoice {
  const { preferences } = FLEETS[like];
  return { like, change: { preferences: { ...preferences, ...PRIORITIES[prefer] } } };
}
