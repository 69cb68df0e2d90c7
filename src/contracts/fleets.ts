import type { Preferences } from './api/customers.ts';
import type { PriceBookName } from './market.ts';
import type { FleetRequest, Place } from './world.ts';

/** Fleets by name, for `run.customer(name, fleet)`; `src/fixtures/fleets.ts` holds what they are. */
export const FLEET_NAMES = [
  'acme',
  'small',
  'medium',
  'large',
  'idle-and-busy',
  'over-provisioned',
  'tuned',
  'two-deployments',
  'three-nodes',
  'untuned-and-too-large',
  'two-small-deployments',
  'aws-and-gcp',
  'gcp',
  'gcp-photographs',
  'h100',
  'acme-tight',
  'h100-bf16',
  'a100-bf16',
] as const;
export type FleetName = (typeof FLEET_NAMES)[number];

/** What a customer runs and what it promised and prefers; plain data, so that a scenario may bring its own. */
export interface CustomerFleet {
  /** The first one's place is the customer's home. */
  readonly fleets: readonly FleetRequest[];
  readonly places: readonly Place[];
  /** Prices this customer pays whatever the run's are: the contract has no rate for its machines. */
  readonly priceBook?: PriceBookName;
  readonly preferences: Partial<Preferences>;
  /** World time the customer has run before the scenario starts; a minute unless told. */
  readonly historyWorldMs?: number;
}
/** A named fleet, a named one with other preferences, or one of the scenario's own. */
export type FleetChoice =
  FleetName | { readonly like: FleetName; readonly change: Partial<CustomerFleet> } | CustomerFleet;
