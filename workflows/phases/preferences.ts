import type { Preferences } from '../../src/contracts/api/customers.ts';
import type { FleetChoice, FleetName } from '../../src/contracts/fleets.ts';

const PRIORITIES: Readonly<Record<string, Partial<Preferences>>> = {
  cost: { cost_priority: 0.6, performance_priority: 0.2, quality_priority: 0.2 },
  performance: { cost_priority: 0.2, performance_priority: 0.6, quality_priority: 0.2 },
};

/** The same fleet, of a customer who puts one thing above the others; `none` states no preference. */
export function fleetPreferring(like: FleetName, prefer: string): FleetChoice {
  return { like, change: { preferences: PRIORITIES[prefer] ?? {} } };
}
