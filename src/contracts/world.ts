import type { Lifecycle } from './api/common.ts';
import type { EngineConfiguration } from './api/customers.ts';
import type { InterruptionPresetName, PriceBookName } from './market.ts';

/** Control of the world by the harness. Only the harness calls these; the platform knows the market routes alone. */

/** `POST /sites`: a customer's side with its own AWS account, fleet, traffic and seed. */
export interface SiteRequest {
  readonly companyName: string;
  readonly seed: number;
  readonly priceBook: PriceBookName;
  readonly preset: InterruptionPresetName;
  readonly region: string;
  readonly deployment: string;
  readonly model: string;
  readonly instanceType: string;
  /** On-demand nodes at start. */
  readonly nodes: number;
  readonly engineConfiguration: EngineConfiguration;
  readonly traffic: TrafficProfile;
  /** Tag written on every instance, so that a sweeper finds it. */
  readonly runId: string;
}
export interface TrafficProfile {
  readonly requestsPerSecond: number;
  readonly inputTokensMean: number;
  readonly inputTokensCv: number;
  readonly outputTokensMean: number;
  readonly outputTokensCv: number;
  /** Share of a prompt that other requests have in common. */
  readonly sharedPrefixShare: number;
}
export interface Site {
  readonly siteId: string;
  readonly accountId: string;
  readonly roleArn: string;
  readonly region: string;
  readonly instanceIds: readonly string[];
}
/** `GET /sites/{id}`: the truth, a second witness. */
export interface SiteState {
  readonly site: Site;
  readonly runId: string;
  readonly companyName: string;
  readonly requestsPerSecond: number;
  readonly nodes: readonly SiteNode[];
  readonly requestsServed: number;
  readonly requestsFailed: number;
  /** Request records the platform confirmed. */
  readonly telemetryShipped: number;
  /** Request records the agent-runtime had to drop: its buffer was full, or the platform refused the batch. */
  readonly telemetryLost: number;
  readonly agentRuntime: 'absent' | 'connected' | 'failed';
  readonly faults: readonly Fault[];
}
/** `GET /sites?runId=`: all sites, or those of one run. */
export interface SitesResponse {
  readonly sites: readonly SiteState[];
}
export interface SiteNode {
  readonly instanceId: string;
  readonly zone: string;
  readonly lifecycle: Lifecycle;
  readonly state: 'cold' | 'ready' | 'draining' | 'gone';
  readonly weight: number;
  readonly requestsServed: number;
}
/** `POST /sites/{id}/agent-runtime`: installs and starts the runtime, as the install command would. */
export interface AgentRuntimeRequest {
  readonly apiUrl: string;
  readonly agentToken: string;
}
/** `POST /sites/{id}/faults`. */
export type Fault =
  | { readonly kind: 'slow-nodes'; readonly lifecycle: Lifecycle; readonly factor: number }
  | { readonly kind: 'quality-drop'; readonly lifecycle: Lifecycle; readonly drop: number }
  | { readonly kind: 'spot-price-move'; readonly factor: number }
  | { readonly kind: 'stop-traffic' };
/** `POST /sites/{id}/reclaim`: the cloud takes spot nodes back with its usual notice. */
export interface ReclaimRequest {
  readonly nodes: number;
}
/** Answer of a reclaim: each node and the world time (epoch milliseconds) at which the cloud takes it. */
export interface Reclaim {
  readonly instanceId: string;
  readonly interruptionAtMs: number;
}
