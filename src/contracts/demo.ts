import type { FleetName } from './fleets.ts';

/** Stands where other sites have the id of their run: no run has it, so no sweep and no leak check takes them. */
export const DEMO_RUN_ID = 'demo';

/** Customers of `e2e init-data`, for people who want to look around: fleet by fleet, Acme's is the reference. */
export const DEMO_COMPANIES = {
  acme: 'Acme',
  small: 'Small Models',
  medium: 'Medium Models',
  large: 'Large Models',
} as const satisfies Partial<Record<FleetName, string>>;
export type DemoFleet = keyof typeof DEMO_COMPANIES;
export const DEMO_FLEETS = Object.keys(DEMO_COMPANIES) as DemoFleet[];
