import { sql, type Kysely, type Migration } from 'kysely';

const statements = [
  sql`CREATE TABLE agents (
    id text PRIMARY KEY,
    agent_type text NOT NULL CHECK (agent_type IN ('cost', 'performance', 'resource', 'application')),
    name text NOT NULL,
    version text NOT NULL,
    capabilities jsonb NOT NULL,
    endpoint text NOT NULL,
    status text NOT NULL CHECK (status IN ('healthy', 'unreachable', 'deregistered')),
    load double precision NOT NULL DEFAULT 0,
    current_tasks integer NOT NULL DEFAULT 0,
    registered_at timestamptz NOT NULL,
    last_heartbeat_at timestamptz,
    UNIQUE (agent_type, name)
  )`,
  sql`CREATE TABLE heartbeats (
    agent_id text NOT NULL REFERENCES agents(id),
    at timestamptz NOT NULL,
    status text NOT NULL CHECK (status IN ('healthy', 'draining')),
    load double precision NOT NULL,
    current_tasks integer NOT NULL,
    PRIMARY KEY (agent_id, at)
  )`,
  sql`CREATE TABLE instances (
    customer_id text NOT NULL REFERENCES customers(id),
    instance_id text NOT NULL,
    provider text NOT NULL CHECK (provider IN ('aws', 'gcp')),
    region text NOT NULL,
    zone text NOT NULL,
    instance_type text NOT NULL,
    lifecycle text NOT NULL CHECK (lifecycle IN ('on_demand', 'spot')),
    state text NOT NULL CHECK (state IN ('pending', 'running', 'shutting-down', 'terminated')),
    ready boolean NOT NULL,
    usd_per_hour double precision NOT NULL CHECK (usd_per_hour >= 0),
    tags jsonb NOT NULL,
    deployment text,
    launched_at timestamptz NOT NULL,
    interruption_at timestamptz,
    observed_at timestamptz NOT NULL,
    PRIMARY KEY (customer_id, instance_id)
  )`,
  sql`CREATE TABLE deployments (
    customer_id text NOT NULL REFERENCES customers(id),
    name text NOT NULL,
    model text NOT NULL,
    engine_configuration jsonb NOT NULL,
    instance_ids jsonb NOT NULL,
    weights jsonb NOT NULL,
    observed_at timestamptz NOT NULL,
    PRIMARY KEY (customer_id, name)
  )`,
  sql`CREATE TABLE desired_states (
    customer_id text NOT NULL REFERENCES customers(id),
    generation bigint NOT NULL CHECK (generation > 0),
    deployments jsonb NOT NULL,
    requested_by text NOT NULL,
    created_at timestamptz NOT NULL,
    applied_at timestamptz,
    problems jsonb,
    PRIMARY KEY (customer_id, generation)
  )`,
  sql`CREATE TABLE telemetry_batches (
    customer_id text NOT NULL REFERENCES customers(id),
    batch_id text NOT NULL,
    digest text,
    status text NOT NULL CHECK (status IN ('received', 'stored')),
    requests integer NOT NULL CHECK (requests >= 0),
    received_at timestamptz NOT NULL,
    stored_at timestamptz,
    PRIMARY KEY (customer_id, batch_id)
  )`,
  sql`CREATE TABLE analyses (
    id text PRIMARY KEY,
    customer_id text NOT NULL REFERENCES customers(id),
    agent_type text NOT NULL CHECK (agent_type IN ('cost', 'performance', 'resource', 'application')),
    status text NOT NULL CHECK (status IN ('started', 'completed', 'failed')),
    requested_by text NOT NULL,
    findings jsonb,
    error text,
    created_at timestamptz NOT NULL,
    finished_at timestamptz,
    UNIQUE (customer_id, id)
  )`,
];

/** Agents, what runs at a customer, and what was asked of the agents. */
export const operationTables: Migration = {
  up: async (database: Kysely<unknown>) => {
    for (const statement of statements) await statement.execute(database);
  },
};
