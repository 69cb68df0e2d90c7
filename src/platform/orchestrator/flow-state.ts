import type { InstanceView } from '../../contracts/api/customers.ts';
import type { PriceQuote } from '../../contracts/market.ts';
import { createSignals, type Signals } from './signals.ts';
import type { CircuitBreaker } from './tasks/breaker.ts';

/** What the slices of one process share in memory. Nothing here is needed after a restart: the database is the truth. */
export interface FlowState {
  readonly signals: Signals;
  /** Circuit breaker of each agent instance, by agent id. */
  readonly breakers: Map<string, CircuitBreaker>;
  /** Tasks this process has sent and not heard of yet, by agent id: load that a heartbeat cannot know yet. */
  readonly inFlightTasks: Map<string, number>;
  /** Market quotes by provider, account, region and type, with the world time of their reading. */
  readonly quotes: Map<string, { readonly quote: PriceQuote; readonly readAtWorldMs: number }>;
  /** Lifecycle of each instance, by customer and instance id: looked up for every telemetry record. */
  readonly lifecycles: Map<string, ReadonlyMap<string, InstanceView['lifecycle']>>;
}

export function createFlowState(): FlowState {
  return {
    signals: createSignals(),
    breakers: new Map(),
    inFlightTasks: new Map(),
    quotes: new Map(),
    lifecycles: new Map(),
  };
}
