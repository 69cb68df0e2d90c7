import type { CloudProvider, Lifecycle } from './api/common.ts';
import type { EngineConfiguration } from './api/customers.ts';
import type { InterruptionPresetName, PriceBookName } from './market.ts';

/** Control of the world by the harness. Only the harness calls these; the platform knows the market routes alone. */

/** `POST /sites`: a customer's side with its own cloud accounts, fleets, traffic and seed. */
export interface SiteRequest {
  readonly companyName: string;
  readonly seed: number;
  readonly priceBook: PriceBookName;
  readonly preset: InterruptionPresetName;
  /** At least one; the place of the first is the customer's home. */
  readonly fleets: readonly FleetRequest[];
  /** Further places where the customer may run machines; the fleets' own places need not be named. */
  readonly places: readonly Place[];
  /** Tag written on every instance, so that a sweeper finds it. */
  readonly runId: string;
}
export interface Place {
  readonly provider: CloudProvider;
  readonly region: string;
}
/** One served model with its nodes and its users. */
export interface FleetRequest extends Place {
  readonly deployment: string;
  readonly model: string;
  readonly instanceType: string;
  /** On-demand nodes at start. */
  readonly nodes: number;
  readonly engineConfiguration: EngineConfiguration;
  readonly traffic: TrafficProfile;
}
export interface TrafficProfile {
  readonly requestsPerSecond: number;
  readonly inputTokensMean: number;
  readonly inputTokensCv: number;
  readonly outputTokensMean: number;
  readonly outputTokensCv: number;
  /** Share of a prompt that other requests have in common. */
  readonly sharedPrefixShare: number;
  /**
   * `poisson`: independent arrivals. `bursty`: a Markov-modulated Poisson process with the same mean rate, as production
   * traces show it.
   */
  readonly arrivals: 'poisson' | 'bursty';
  /** Photographs or documents sent along with a prompt, bytes a request; none unless told. */
  readonly attachmentBytesMean?: number;
}
/** Where the customer's machines run, and what lets the platform in there. */
export interface SiteAccount extends Place {
  /** AWS account or GCP project. */
  readonly accountId: string;
  /** AWS only. */
  readonly roleArn: string | null;
  /** GCP only: the e-mail of the service account. */
  readonly serviceAccount: string | null;
}
export interface Site {
  readonly siteId: string;
  /** One a place, home first. */
  readonly accounts: readonly SiteAccount[];
  readonly instanceIds: readonly string[];
}
/** `GET /sites/{id}`: the truth, a second witness. */
export interface SiteState {
  readonly site: Site;
  readonly runId: string;
  readonly companyName: string;
  readonly deployments: readonly SiteDeployment[];
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
export interface SiteDeployment {
  readonly name: string;
  readonly requestsPerSecond: number;
  readonly requestsServed: number;
  readonly requestsFailed: number;
}
/** `GET /sites?runId=`: all sites, or those of one run. */
export interface SitesResponse {
  readonly sites: readonly SiteState[];
}
export interface SiteNode {
  readonly instanceId: string;
  readonly deployment: string;
  readonly provider: CloudProvider;
  readonly region: string;
  readonly instanceType: string;
  readonly zone: string;
  readonly lifecycle: Lifecycle;
  readonly state: 'cold' | 'ready' | 'draining' | 'gone';
  readonly weight: number;
  readonly requestsServed: number;
  readonly engineConfiguration: EngineConfiguration;
}
/** `POST /sites/{id}/agent-runtime`: installs and starts the runtime, as the install command would. */
export interface AgentRuntimeRequest {
  readonly apiUrl: string;
  readonly agentToken: string;
}
/** `POST /sites/{id}/faults`. A fault holds until `DELETE /sites/{id}/faults`. */
export type Fault =
  | { readonly kind: 'slow-nodes'; readonly lifecycle: Lifecycle; readonly factor: number }
  /** A build that is slower with this quantization than published: its kernels are not fused. */
  | {
      readonly kind: 'slow-quantization';
      readonly quantization: EngineConfiguration['quantization'];
      readonly factor: number;
    }
  | { readonly kind: 'quality-drop'; readonly lifecycle: Lifecycle; readonly drop: number }
  /** A bad checkpoint: every node that runs this revision answers worse. */
  | { readonly kind: 'bad-revision'; readonly revision: string; readonly drop: number }
  /** A wrong prompt template: every node that runs it answers worse. */
  | { readonly kind: 'bad-template'; readonly chatTemplate: string; readonly drop: number }
  | { readonly kind: 'spot-price-move'; readonly factor: number }
  /** The cloud has no spot machines in these zones (all zones when empty) until the faults are cleared. */
  | { readonly kind: 'no-spot-capacity'; readonly zones: readonly string[] }
  /**
   * The customer has protected this many of its on-demand nodes, the newest first, against termination by API; with
   * `instanceIds` exactly these, `nodes` of them.
   */
  | {
      readonly kind: 'termination-protection';
      readonly nodes: number;
      readonly instanceIds?: readonly string[];
    }
  | { readonly kind: 'stop-traffic' };
/**
 * `POST /sites/{id}/deploy`: the customer's own pipeline rolls a revision or a template out, node by node, past the
 * platform.
 */
export interface DeployRequest {
  readonly deployment: string;
  readonly revision?: string;
  readonly chatTemplate?: string;
}
/** `POST /sites/{id}/traffic`: the users of a deployment come at another rate from now on. */
export interface TrafficRequest {
  readonly deployment: string;
  readonly requestsPerSecond: number;
}
/** `POST /sites/{id}/reclaim`: the cloud takes spot nodes back with its usual notice. */
export interface ReclaimRequest {
  readonly nodes: number;
  /** Exactly these, `nodes` of them; without it those that serve first, oldest first. */
  readonly instanceIds?: readonly string[];
}
/** Answer of a reclaim: each node and the world time (epoch milliseconds) at which the cloud takes it. */
export interface Reclaim {
  readonly instanceId: string;
  readonly interruptionAtMs: number;
}
