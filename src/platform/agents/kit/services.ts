import type { ServiceConfig } from '../../../support/service-config.ts';
import type { Clock } from '../../../support/clock.ts';
import { createMarketClient, type MarketClient } from './market-client.ts';
import { createOrchestratorClient, type OrchestratorClient } from './orchestrator-client.ts';
import type { PatternStore } from './patterns/pattern.ts';
import { createQdrantPatternStore } from './patterns/qdrant-store.ts';
import { createQualityClient, type QualityClient } from './quality-client.ts';
import { connectTelemetry } from './telemetry/clickhouse.ts';
import { createTelemetry } from './telemetry/reader.ts';
import type { Telemetry } from './telemetry/types.ts';

/** What an agent may ask: of the customer, of the market, of what was measured and of what was learned. */
export interface AgentServices {
  readonly orchestrator: Pick<OrchestratorClient, 'context'>;
  readonly market: MarketClient;
  readonly telemetry: Telemetry;
  readonly patterns: PatternStore;
  readonly quality: QualityClient;
  readonly clock: Clock;
}

export interface ConnectedServices extends AgentServices {
  readonly orchestrator: OrchestratorClient;
  readonly close: () => Promise<void>;
}

export function connectServices(config: ServiceConfig, clock: Clock): ConnectedServices {
  const connection = connectTelemetry(config.text('OPTIINFRA_CLICKHOUSE_URL'));
  const agentKey = config.text('OPTIINFRA_AGENT_KEY');
  return {
    orchestrator: createOrchestratorClient(config.text('OPTIINFRA_ORCHESTRATOR_URL'), agentKey),
    market: createMarketClient(config.text('OPTIINFRA_MARKET_URL')),
    telemetry: createTelemetry(connection.run),
    quality: createQualityClient(config.text('OPTIINFRA_ORCHESTRATOR_URL'), agentKey),
    patterns: createQdrantPatternStore(config.text('OPTIINFRA_QDRANT_URL')),
    clock,
    close: connection.close,
  };
}
