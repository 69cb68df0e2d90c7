import type { EventType } from '../../../contracts/api/events.ts';
import type { Timestamp, NullableTimestamp, Defaulted, Json } from './columns.ts';

/** The audit chains and the events owed to the customers’ streams. */

/** Append-only; a chain is a customer's id or `platform`. */
export interface AuditLogTable {
  id: string;
  chain: string;
  customer_id: string | null;
  sequence: number;
  at: Timestamp;
  actor: string;
  action: string;
  subject: string;
  data: Json<Readonly<Record<string, unknown>>>;
  previous_hash: string;
  hash: string;
}

/** The last position of a chain and of a customer's events: its row lock makes both gapless. */
export interface ChainHeadsTable {
  chain: string;
  customer_id: string | null;
  audit_sequence: Defaulted<number>;
  audit_hash: string;
  event_sequence: Defaulted<number>;
}

export interface OutboxTable {
  id: string;
  customer_id: string;
  sequence: number;
  type: EventType;
  at: Timestamp;
  data: Json<Readonly<Record<string, unknown>>>;
  relayed_at: NullableTimestamp;
}
