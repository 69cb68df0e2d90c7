import type { Clock } from '../../../support/clock.ts';
import type { CloudAccess } from '../cloud/cloud.ts';
import type { MarketClient } from '../clients/market.ts';
import type { OrchestratorClient } from '../clients/orchestrator.ts';
import type { Telemetry } from '../judgement/telemetry.ts';

/** The running activity's side of Temporal: tells that it lives, hears that it shall stop. */
export interface Pulse {
  readonly beat: (details: unknown) => void;
  readonly signal: AbortSignal;
}

export interface RolloutDependencies {
  readonly orchestrator: OrchestratorClient;
  readonly market: MarketClient;
  readonly cloud: CloudAccess;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  /** Asked inside an activity: each has its own. */
  readonly pulse: () => Pulse;
}
