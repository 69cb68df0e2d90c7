import type { FastifyRequest } from 'fastify';
import type { Redis } from 'ioredis';
import type { ClickHouseClient } from '@clickhouse/client';
import type { Transaction } from 'kysely';

import type { EventType } from '../../contracts/api/events.ts';
import type { Clock } from '../../support/clock.ts';
import type { IdSource } from '../../support/ids.ts';
import type { Logger } from '../../support/logging.ts';
import type { Sealing } from './customers/sealing.ts';
import type { Tables } from './database/tables.ts';
import type { FlowState } from './flow-state.ts';

export type Trx = Transaction<Tables>;

/** Who calls. `actor` is what the audit writes: `user:usr_…`, `key:key_…`, `runtime:cus_…`, `agent`, `service`, `anonymous`. */
export type Caller =
  | { readonly kind: 'owner'; readonly actor: string; readonly customerId: string }
  | { readonly kind: 'admin'; readonly actor: string }
  | { readonly kind: 'runtime'; readonly actor: string; readonly customerId: string }
  | { readonly kind: 'agent'; readonly actor: string }
  | { readonly kind: 'service'; readonly actor: string };

/** The database as the role `optiinfra_app`: row-level security decides what a transaction sees. */
export interface Database {
  /** Sees one customer's rows only. */
  asCustomer<T>(customerId: string, work: (trx: Trx) => Promise<T>): Promise<T>;
  /** Sees every customer's rows: agents' registry, background loops, admin lists. Never with a caller's id as the only check. */
  asSystem<T>(work: (trx: Trx) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Appends to the customer's hash chain inside the caller's transaction, so that no change lands unaudited. */
export interface Audit {
  append(
    trx: Trx,
    entry: {
      customerId: string;
      actor: string;
      action: string;
      subject: string;
      data?: Record<string, unknown>;
    },
  ): Promise<void>;
}

/** Writes an event into the outbox inside the caller's transaction; the relay brings it to the Redis stream in order. */
export interface Outbox {
  publish(
    trx: Trx,
    event: { customerId: string; type: EventType; data: Record<string, unknown> },
  ): Promise<void>;
}

/** Guards, called first in a handler. Each throws UNAUTHENTICATED or FORBIDDEN and audits a foreign read. */
export interface Guards {
  /** The owner of `customerId`, or an admin. */
  owner(request: FastifyRequest, customerId: string): Promise<Caller>;
  admin(request: FastifyRequest): Promise<Caller>;
  /** Whoever presents a valid token or key: asked before a lookup by another id than the customer's, so that strangers learn nothing. */
  authenticated(request: FastifyRequest): Promise<Caller>;
  runtime(request: FastifyRequest): Promise<Caller & { kind: 'runtime' }>;
  agent(request: FastifyRequest): Promise<Caller>;
  service(request: FastifyRequest): Promise<Caller>;
  /** Agent or service key. */
  internal(request: FastifyRequest): Promise<Caller>;
}

/** What every slice of the orchestrator is built from; `app.ts` makes it once. */
export interface OrchestratorServices {
  readonly database: Database;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly guards: Guards;
  readonly clickhouse: ClickHouseClient;
  readonly redis: Redis;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
  readonly marketUrl: string;
  readonly executorUrl: string;
  readonly serviceKey: string;
  readonly agentKey: string;
  /** Seals what must not be readable at rest. */
  readonly sealing: Sealing;
  /** Shared memory of this process: `createFlowState()`. */
  readonly flow: FlowState;
}
