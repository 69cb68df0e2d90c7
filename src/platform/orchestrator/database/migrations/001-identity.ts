import { sql, type Kysely, type Migration } from 'kysely';

const statements = [
  sql`CREATE TABLE customers (
    id text PRIMARY KEY,
    company_name text NOT NULL,
    email text NOT NULL UNIQUE CHECK (email = lower(email)),
    plan text NOT NULL CHECK (plan IN ('free', 'pro', 'enterprise')),
    status text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended')),
    created_at timestamptz NOT NULL
  )`,
  sql`CREATE TABLE users (
    id text PRIMARY KEY,
    customer_id text REFERENCES customers(id),
    email text NOT NULL UNIQUE CHECK (email = lower(email)),
    password_hash text NOT NULL CHECK (password_hash LIKE '$argon2id$%'),
    role text NOT NULL CHECK (role IN ('owner', 'admin')),
    created_at timestamptz NOT NULL,
    CHECK ((role = 'admin') = (customer_id IS NULL))
  )`,
  sql`CREATE TABLE sessions (
    id text PRIMARY KEY,
    user_id text NOT NULL REFERENCES users(id),
    customer_id text REFERENCES customers(id),
    created_at timestamptz NOT NULL,
    last_used_at timestamptz NOT NULL,
    ended_at timestamptz,
    end_reason text CHECK (end_reason IN ('logout', 'idle', 'reuse')),
    CHECK ((ended_at IS NULL) = (end_reason IS NULL))
  )`,
  sql`CREATE TABLE refresh_tokens (
    token_hash text PRIMARY KEY,
    session_id text NOT NULL REFERENCES sessions(id),
    customer_id text REFERENCES customers(id),
    issued_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
  )`,
  sql`CREATE TABLE api_keys (
    id text PRIMARY KEY,
    customer_id text NOT NULL REFERENCES customers(id),
    name text NOT NULL,
    key_hash text NOT NULL UNIQUE,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    last_used_at timestamptz
  )`,
  sql`CREATE TABLE credentials (
    customer_id text PRIMARY KEY REFERENCES customers(id),
    provider text NOT NULL CHECK (provider IN ('aws', 'gcp')),
    region text NOT NULL,
    account_id text NOT NULL,
    key_id text NOT NULL,
    sealed text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
  )`,
  sql`CREATE TABLE preferences (
    customer_id text PRIMARY KEY REFERENCES customers(id),
    cost_priority double precision NOT NULL CHECK (cost_priority BETWEEN 0 AND 1),
    performance_priority double precision NOT NULL CHECK (performance_priority BETWEEN 0 AND 1),
    quality_priority double precision NOT NULL CHECK (quality_priority BETWEEN 0 AND 1),
    never_touch_tags jsonb NOT NULL,
    minimum_on_demand_share double precision NOT NULL CHECK (minimum_on_demand_share BETWEEN 0 AND 1),
    always_require_approval boolean NOT NULL,
    slo jsonb NOT NULL,
    updated_at timestamptz NOT NULL
  )`,
  sql`CREATE TABLE agent_tokens (
    token_hash text PRIMARY KEY,
    customer_id text NOT NULL REFERENCES customers(id),
    created_by text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
  )`,
  sql`CREATE TABLE runtime_tokens (
    token_hash text PRIMARY KEY,
    customer_id text NOT NULL REFERENCES customers(id),
    hostname text NOT NULL,
    version text NOT NULL,
    created_at timestamptz NOT NULL,
    revoked_at timestamptz
  )`,
  sql`CREATE TABLE idempotency_keys (
    scope text NOT NULL,
    key text NOT NULL,
    customer_id text REFERENCES customers(id),
    request_digest text NOT NULL,
    status_code integer,
    content_type text,
    sealed_body text,
    sealing_key_id text,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (scope, key)
  )`,
  sql`CREATE INDEX sessions_user ON sessions (user_id)`,
  sql`CREATE INDEX refresh_tokens_session ON refresh_tokens (session_id)`,
  sql`CREATE INDEX api_keys_customer ON api_keys (customer_id)`,
];

/** Customers, who may act for them, and what they are known by. */
export const identityTables: Migration = {
  up: async (database: Kysely<unknown>) => {
    for (const statement of statements) await statement.execute(database);
  },
};
