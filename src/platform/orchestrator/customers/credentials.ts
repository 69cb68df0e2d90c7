import { z } from 'zod';

import type { CloudAccess } from '../../../contracts/api/orchestration.ts';
import { OptiInfraError } from '../../../support/errors.ts';
import type { OrchestratorServices, Trx } from '../services.ts';
import type { CloudGrant } from './onboarding.ts';
import type { Sealing } from './sealing.ts';

const secretPart = z.object({
  iam_role_arn: z.string().nullable(),
  service_account: z.string().nullable(),
});

export async function storeGrant(
  trx: Trx,
  sealing: Sealing,
  customerId: string,
  grant: CloudGrant,
  nowMs: number,
): Promise<void> {
  const secret = { iam_role_arn: grant.iamRoleArn, service_account: grant.serviceAccount };
  const { keyId, sealed } = sealing.seal(JSON.stringify(secret), customerId);
  const changeable = {
    provider: grant.provider,
    region: grant.region,
    account_id: grant.accountId,
    key_id: keyId,
    sealed,
    updated_at: new Date(nowMs),
  };
  await trx
    .insertInto('credentials')
    .values({ customer_id: customerId, ...changeable, created_at: new Date(nowMs) })
    .onConflict((conflict) => conflict.column('customer_id').doUpdateSet(changeable))
    .execute();
}

/**
 * The unsealed way into a customer's cloud, for the executor.
 * @throws OptiInfraError `INVALID_STATE` before the customer was onboarded.
 */
export async function unsealCloudAccess(
  services: Pick<OrchestratorServices, 'database' | 'sealing'>,
  customerId: string,
): Promise<CloudAccess> {
  const row = await services.database.asCustomer(customerId, (trx) =>
    trx.selectFrom('credentials').selectAll().where('customer_id', '=', customerId).executeTakeFirst(),
  );
  if (row === undefined) {
    throw new OptiInfraError('INVALID_STATE', `Customer ${customerId} has connected no cloud yet.`);
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
      .select(['customer_id', 'key_id', 'sealed'])
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
        .execute();
      await services.audit.append(trx, {
        customerId: row.customer_id,
        actor: 'service',
        action: 'credentials.resealed',
        subject: row.customer_id,
        data: { from_key: row.key_id, to_key: keyId },
      });
    }
    return old.length;
  });
}
