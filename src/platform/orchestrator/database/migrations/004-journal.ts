import { sql, type Kysely, type Migration } from 'kysely';

const statements = [
  sql`CREATE TABLE chain_heads (
    chain text PRIMARY KEY,
    customer_id text UNIQUE REFERENCES customers(id),
    audit_sequence bigint NOT NULL DEFAULT 0,
    audit_hash text NOT NULL,
    event_sequence bigint NOT NULL DEFAULT 0,
    CHECK (chain = coalesce(customer_id, 'platform'))
  )`,
  // The platform's own chain exists from the start; a customer's begins with the customer.
  sql`INSERT INTO chain_heads (chain, audit_hash) VALUES ('platform', repeat('0', 64))`,
  sql`CREATE TABLE audit_log (
    id text PRIMARY KEY,
    chain text NOT NULL REFERENCES chain_heads(chain),
    customer_id text REFERENCES customers(id),
    sequence bigint NOT NULL CHECK (sequence > 0),
    at timestamptz NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    subject text NOT NULL,
    data jsonb NOT NULL,
    previous_hash text NOT NULL,
    hash text NOT NULL,
    UNIQUE (chain, sequence)
  )`,
  sql`CREATE TABLE outbox (
    id text PRIMARY KEY,
    customer_id text NOT NULL REFERENCES customers(id),
    sequence bigint NOT NULL CHECK (sequence > 0),
    type text NOT NULL,
    at timestamptz NOT NULL,
    data jsonb NOT NULL,
    relayed_at timestamptz,
    UNIQUE (customer_id, sequence)
  )`,
  sql`CREATE INDEX outbox_owed ON outbox (customer_id, sequence) WHERE relayed_at IS NULL`,
];

/** What happened: the audit chains and the events owed to the customers' streams. */
export const journalTables: Migration = {
  up: async (database: Kysely<unknown>) => {
    for (const statement of statements) await statement.execute(database);
  },
};
