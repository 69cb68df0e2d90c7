import type { Ports } from './ports.ts';

export const PROVIDERS = ['embedded', 'containers', 'external'] as const;
export type Provider = (typeof PROVIDERS)[number];

/**
 * How long a node takes from boot to ready, a property of the world's images.
 * `standard` 600 s: boot 120 + image 150 + weights 265 + warm-up 65. `baked` 262 s: image and weights baked
 * into the machine image (boot 120 + weights from local disk 77 + warm-up 65). Both are assumptions (world spec §2).
 */
export const COLD_STARTS = { standard: 600, baked: 262 } as const;
export type ColdStart = keyof typeof COLD_STARTS;

/** What `e2e up` writes to `.e2e/environments/<name>/environment.json`; whoever connects reads it. */
export interface EnvironmentDescriptor {
  readonly name: string;
  readonly provider: Provider;
  readonly startedAt: string;
  readonly anchor: { readonly wallMs: number; readonly worldMs: number; readonly timeScale: number };
  readonly coldStart: ColdStart;
  readonly ports: Ports;
  readonly urls: EnvironmentUrls;
  /** Absolute path of the directory with data, logs and `secrets.json` (mode 0600). */
  readonly directory: string;
  /** Process id of each started process, by process name. */
  readonly processIds: Readonly<Record<string, number>>;
  /** Absolute path of the directory that services write their coverage to when they end; absent: none is measured. */
  readonly coverageDirectory?: string;
}

/** Addresses without credentials; passwords are in `secrets.json`. */
export interface EnvironmentUrls {
  readonly postgresHost: string;
  readonly clickhouse: string;
  readonly redis: string;
  readonly qdrant: string;
  /** The AWS simulator itself: for a witness. */
  readonly aws: string;
  /** AWS as customers and the platform see it: the simulator behind the world's edge. */
  readonly awsEdge: string;
  /** Compute and IAM of the simulated GCP. */
  readonly gcp: string;
  readonly temporalAddress: string;
  readonly temporalUi: string;
  readonly world: string;
  readonly orchestrator: string;
  readonly executor: string;
  readonly portal: string;
}

/** Generated at the first start of an environment, kept in `secrets.json`, handed to processes by environment variable. */
export interface EnvironmentSecrets {
  /** Password of the role `optiinfra_owner` (owns the schema, runs migrations). */
  readonly postgresOwnerPassword: string;
  /** Password of the role `optiinfra_app` (row-level security applies to it). */
  readonly postgresAppPassword: string;
  /** Key that agents present; the database holds its hash. */
  readonly agentKey: string;
  /** Key that executor and portal present on internal routes. */
  readonly serviceKey: string;
  /** 32 bytes, base64: seals cloud credentials (AES-256-GCM). */
  readonly sealingKey: string;
  /** 32 bytes, base64: signs access tokens (HS256). */
  readonly tokenKey: string;
  readonly adminEmail: string;
  readonly adminPassword: string;
}

/**
 * Environment variables a service of ours reads. `OPTIINFRA_ANCHOR` is the JSON of `anchor`.
 * A missing variable is a start-up error that names it.
 */
export const SERVICE_VARIABLES = [
  'OPTIINFRA_ANCHOR',
  'OPTIINFRA_PORT',
  'OPTIINFRA_POSTGRES_URL',
  'OPTIINFRA_POSTGRES_OWNER_URL',
  'OPTIINFRA_CLICKHOUSE_URL',
  'OPTIINFRA_REDIS_URL',
  'OPTIINFRA_QDRANT_URL',
  'OPTIINFRA_AWS_ENDPOINT',
  'OPTIINFRA_AWS_SIMULATOR',
  'OPTIINFRA_GCP_ENDPOINT',
  'OPTIINFRA_MARKET_URL',
  'OPTIINFRA_TEMPORAL_ADDRESS',
  'OPTIINFRA_ORCHESTRATOR_URL',
  'OPTIINFRA_EXECUTOR_URL',
  'OPTIINFRA_AGENT_KEY',
  'OPTIINFRA_SERVICE_KEY',
  'OPTIINFRA_SEALING_KEY',
  'OPTIINFRA_TOKEN_KEY',
  'OPTIINFRA_ADMIN_EMAIL',
  'OPTIINFRA_ADMIN_PASSWORD',
  'OPTIINFRA_COLD_START',
  'OPTIINFRA_ENVIRONMENT_FILE',
] as const;
export type ServiceVariable = (typeof SERVICE_VARIABLES)[number];

/** Temporal namespaces: the harness and the platform's executor never share one. */
export const NAMESPACES = { harness: 'e2e', platform: 'optiinfra' } as const;
export const TASK_QUEUES = { harness: 'e2e-scenarios', executor: 'optiinfra-executor' } as const;

/** Temporal's name of all versions of the harness worker; each version is a build of our code. */
export const HARNESS_DEPLOYMENT = 'e2e-harness';

/** One row of `e2e health` and of `GET /health`. */
export interface HealthRow {
  readonly name: string;
  readonly healthy: boolean;
  readonly latencyMs: number;
  readonly detail: string;
}
