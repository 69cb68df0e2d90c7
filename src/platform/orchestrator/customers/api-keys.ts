import { OptiInfraError } from '../../../support/errors.ts';
import { toTimestamp } from '../../../support/clock.ts';
import { hashSecret, newSecret } from '../identity/secrets.ts';
import type { Caller, OrchestratorServices } from '../services.ts';

const DAY_MS = 24 * 60 * 60_000;

export interface NewApiKey {
  readonly key_id: string;
  /** Shown once; only its hash is kept. */
  readonly api_key: string;
  readonly expires_at: string;
}

export async function createApiKey(
  services: OrchestratorServices,
  caller: Caller,
  customerId: string,
  request: { readonly name: string; readonly expires_in_days: number },
): Promise<NewApiKey> {
  if (caller.actor.startsWith('key:')) {
    throw new OptiInfraError('FORBIDDEN', 'A key cannot make further keys; log in.');
  }
  const { database, audit, clock, ids } = services;
  const id = ids('key');
  const secret = newSecret('apiKey');
  const expiresAtMs = clock.wallMs() + request.expires_in_days * DAY_MS;
  await database.asCustomer(customerId, async (trx) => {
    await trx
      .insertInto('api_keys')
      .values({
        id,
        customer_id: customerId,
        name: request.name,
        key_hash: hashSecret(secret),
        created_by: caller.actor,
        created_at: new Date(clock.wallMs()),
        expires_at: new Date(expiresAtMs),
      })
      .execute();
    await audit.append(trx, {
      customerId,
      actor: caller.actor,
      action: 'api_key.created',
      subject: id,
      data: { name: request.name, expires_at: toTimestamp(expiresAtMs) },
    });
  });
  return { key_id: id, api_key: secret, expires_at: toTimestamp(expiresAtMs) };
}

/** @throws OptiInfraError `NOT_FOUND` when the customer has no such living key. */
export async function revokeApiKey(
  { database, audit, clock }: OrchestratorServices,
  caller: Caller,
  customerId: string,
  keyId: string,
): Promise<void> {
  await database.asCustomer(customerId, async (trx) => {
    const { numUpdatedRows } = await trx
      .updateTable('api_keys')
      .set({ revoked_at: new Date(clock.wallMs()) })
      .where('customer_id', '=', customerId)
      .where('id', '=', keyId)
      .where('revoked_at', 'is', null)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) throw new OptiInfraError('NOT_FOUND', `There is no living key ${keyId}.`);
    await audit.append(trx, { customerId, actor: caller.actor, action: 'api_key.revoked', subject: keyId });
  });
}
