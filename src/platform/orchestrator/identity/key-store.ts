import type { Plan } from '../../../contracts/api/common.ts';
import type { Trx } from '../services.ts';

/** Who a hashed key or token stands for. */
export interface KeyHolder {
  readonly id: string;
  readonly customerId: string;
  readonly plan: Plan;
}

/** A key that is neither revoked nor expired, of an active customer. */
export async function findApiKey(trx: Trx, keyHash: string, nowMs: number): Promise<KeyHolder | undefined> {
  const row = await trx
    .selectFrom('api_keys')
    .innerJoin('customers', 'customers.id', 'api_keys.customer_id')
    .select(['api_keys.id', 'api_keys.customer_id', 'customers.plan'])
    .where('api_keys.key_hash', '=', keyHash)
    .where('api_keys.revoked_at', 'is', null)
    .where('api_keys.expires_at', '>', new Date(nowMs))
    .where('customers.status', '=', 'active')
    .executeTakeFirst();
  return row && { id: row.id, customerId: row.customer_id, plan: row.plan };
}

export async function findRuntimeToken(trx: Trx, tokenHash: string): Promise<KeyHolder | undefined> {
  const row = await trx
    .selectFrom('runtime_tokens')
    .innerJoin('customers', 'customers.id', 'runtime_tokens.customer_id')
    .select(['runtime_tokens.customer_id', 'customers.plan'])
    .where('runtime_tokens.token_hash', '=', tokenHash)
    .where('runtime_tokens.revoked_at', 'is', null)
    .where('customers.status', '=', 'active')
    .executeTakeFirst();
  return row && { id: row.customer_id, customerId: row.customer_id, plan: row.plan };
}
