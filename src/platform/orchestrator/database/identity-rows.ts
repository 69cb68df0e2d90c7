import type { CloudProvider, Plan } from '../../../contracts/api/common.ts';
import type { ServiceLevelObjective } from '../../../contracts/api/customers.ts';
import type { Timestamp, NullableTimestamp, Nullable, Defaulted, Json } from './columns.ts';

/** Customers, who may act for them, and what they are known by. */

export interface CustomersTable {
  id: string;
  company_name: string;
  /** Lower case. */
  email: string;
  plan: Plan;
  status: Defaulted<'active' | 'suspended'>;
  created_at: Timestamp;
}

export interface UsersTable {
  id: string;
  /** Null for an admin. */
  customer_id: string | null;
  email: string;
  /** argon2id, PHC string. */
  password_hash: string;
  role: 'owner' | 'admin';
  created_at: Timestamp;
}

/** One login: the family of its refresh tokens. */
export interface SessionsTable {
  id: string;
  user_id: string;
  customer_id: string | null;
  created_at: Timestamp;
  last_used_at: Timestamp;
  ended_at: NullableTimestamp;
  end_reason: Nullable<'logout' | 'idle' | 'reuse'>;
}

export interface RefreshTokensTable {
  /** SHA-256 of the token, hex. */
  token_hash: string;
  session_id: string;
  customer_id: string | null;
  issued_at: Timestamp;
  expires_at: Timestamp;
  used_at: NullableTimestamp;
}

export interface ApiKeysTable {
  id: string;
  customer_id: string;
  name: string;
  /** SHA-256 of the key, hex. */
  key_hash: string;
  created_by: string;
  created_at: Timestamp;
  expires_at: Timestamp;
  revoked_at: NullableTimestamp;
  last_used_at: NullableTimestamp;
}

export interface CredentialsTable {
  customer_id: string;
  provider: CloudProvider;
  region: string;
  /** AWS account or GCP project; not a secret. */
  account_id: string;
  /** Which sealing key sealed it; see `customers/sealing.ts`. */
  key_id: string;
  /** AES-256-GCM: base64 of nonce, tag and cipher text. */
  sealed: string;
  created_at: Timestamp;
  updated_at: Timestamp;
}

export interface PreferencesTable {
  customer_id: string;
  cost_priority: number;
  performance_priority: number;
  quality_priority: number;
  never_touch_tags: Json<readonly string[]>;
  minimum_on_demand_share: number;
  always_require_approval: boolean;
  slo: Json<ServiceLevelObjective>;
  updated_at: Timestamp;
}

/** One-use tokens of the install command. */
export interface AgentTokensTable {
  token_hash: string;
  customer_id: string;
  created_by: string;
  created_at: Timestamp;
  expires_at: Timestamp;
  used_at: NullableTimestamp;
}

/** What `connect` exchanged an agent token for. */
export interface RuntimeTokensTable {
  token_hash: string;
  customer_id: string;
  hostname: string;
  version: string;
  created_at: Timestamp;
  revoked_at: NullableTimestamp;
}

export interface IdempotencyKeysTable {
  /** Whose key it is: a customer's id, a user's actor or `anonymous`. */
  scope: string;
  key: string;
  customer_id: string | null;
  /** SHA-256 of method, path and body. */
  request_digest: string;
  /** Null while the first call is under way. */
  status_code: Nullable<number>;
  content_type: Nullable<string>;
  /** The answer's body, sealed: it may hold a secret shown once. */
  sealed_body: Nullable<string>;
  sealing_key_id: Nullable<string>;
  created_at: Timestamp;
}
