import { z } from 'zod';

import type { CloudProvider } from '../../../contracts/api/common.ts';
import type { CloudAccess, CloudPlace } from '../../../contracts/api/orchestration.ts';
import { OptiInfraError } from '../../../support/errors.ts';
import type { OrchestratorServices, Trx } from '../services.ts';
import type { CloudGrant } from './onboarding.ts';
import type { Sealing } from './sealing.ts';

const secretPart = z.object({
  iam_role_arn: z.string().nullable(),
  service_account: z.string().nullable(),
});

/** One grant a place: the same place again replaces it, another one stands beside it. */
export async function storeGrant(
  trx: Trx,
  sealing: Sealing,
  customerId: string,
  grant: CloudGrant,
  nowMs: number,
): Promise<void> {
  const secret = { iam_role_arn: grant.iamRoleArn, service_account: grant.serviceAccount };
  const { keyId, sealed } = sealing.seal(JSON.stringify(secret), customerId);
  const place = { customer_id: customerId, provider: grant.provider, region: grant.region };
  const changeable = {
    account_id: grant.accountId,
    key_id: keyId,
    sealed,
    updated_at: new Date(nowMs),
  };
  await trx
    .insertInto('credentials')
    .values({ ...place, ...changeable, created_at: new Date(nowMs) })
    .onConflict((conflict) => conflict.columns(['customer_id', 'provider', 'region']).doUpdateSet(changeable))
    .execute();
}

/** Where the customer has given access, in the order in which he did. */
export async function readPlaces(trx: Trx, customerId: string): Promise<readonly CloudPlace[]> {
  return trx
    .selectFrom('credentials')
    .select(['provider', 'region', 'account_id'])
    .where('customer_id', '=', customerId)
    .orderBy('created_at')
    .orderBy('provider')
    .orderBy('region')
    .execute();
}

/**
 * The unsealed way into one place of a customer, for the executor; the first one that fits what is asked for.
 * @throws OptiInfraError `INVALID_STATE` when the customer has given no access there.
 */
export async function unsealCloudAccess(
  services: Pick<OrchestratorServices, 'database' | 'sealing'>,
  customerId: string,
  wanted: { readonly provider?: CloudProvider | undefined; readonly region?: string | undefined } = {},
): Promise<CloudAccess> {
  const row = await services.database.asCustomer(customerId, (trx) => {
    let query = trx.selectFrom('credentials').selectAll().where('customer_id', '=', customerId);
    if (wanted.provider !== undefined) query = query.where('provider', '=', wanted.provider);
    if (wanted.region !== undefined) query = query.where('region', '=', wanted.region);
    return query.orderBy('created_at').orderBy('provider').orderBy('region').executeTakeFirst();
  });
  if (row === undefined) {
    const place = [wanted.provider, wanted.region].filter((part) => part !== undefined).join(' ');
    throw new OptiInfraError(
      'INVALID_STATE',
      `Customer ${customerId} has connected no cloud${place === '' ? '' : ` in ${place}`} yet.`,
    );
  }
  const plain = services.sealing.open({ keyId: row.key_id, sealed: row.sealed }, customerId);
  return { provider: row.provider, region: row.region, ...secretPart.parse(JSON.parse(plain)) };
}

/** Seals everything anew that an older key sealed. @returns how many. Run at start, after a rotation. */
export async function resealCredentials(
  services: Pick<OrchestratorServices, 'database' | 'audit' | 'clock' | 'sealing'>,
): Promise<number> {
  const { sealing, clock } = services;
  return services.database.asSystem(async (trx) => {
    const old = await trx
      .selectFrom('credentials')
      .select(['customer_id', 'provider', 'region', 'key_id', 'sealed'])
      .where('key_id', '!=', sealing.currentKeyId)
      .forUpdate()
      .execute();
    for (const row of old) {
      const plain = sealing.open({ keyId: row.key_id, sealed: row.sealed }, row.customer_id);
      const { keyId, sealed } = sealing.seal(plain, row.customer_id);
      await trx
        .updateTable('credentials')
        .set({ key_id: keyId, sealed, updated_at: new Date(clock.wallMs()) })
        .where('customer_id', '=', row.customer_id)
        .where('provider', '=', row.provider)
        .where('region', '=', row.region)
        .execute();
      await services.audit.append(trx, {
        customerId: row.customer_id,
        actor: 'service',
        action: 'credentials.resealed',
        subject: row.customer_id,
        data: { provider: row.provider, region: row.region, from_key: row.key_id, to_key: keyId },
      });
    }
    return old.length;
  });
}
