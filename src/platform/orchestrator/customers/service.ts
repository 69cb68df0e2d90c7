import type { OnboardRequest, Preferences } from '../../../contracts/api/customers.ts';
import { OptiInfraError } from '../../../support/errors.ts';
import type { CoreServices } from '../core-services.ts';
import type { Caller } from '../services.ts';
import { storeGrant } from './credentials.ts';
import { readGrant } from './onboarding.ts';
import { applyPatch, readPreferences, writePreferences, type PreferencesPatch } from './preferences.ts';

/** Takes the way into one place of the customer's clouds; another place is added, the same one replaced. */
export async function onboard(
  { database, audit, outbox, sealing, clock }: CoreServices,
  caller: Caller,
  customerId: string,
  request: OnboardRequest,
): Promise<void> {
  const grant = readGrant(request);
  const told = { provider: grant.provider, region: grant.region, account_id: grant.accountId };
  await database.asCustomer(customerId, async (trx) => {
    await storeGrant(trx, sealing, customerId, grant, clock.wallMs());
    await audit.append(trx, {
      customerId,
      actor: caller.actor,
      action: 'customer.onboarded',
      subject: customerId,
      data: told,
    });
    await outbox.publish(trx, { customerId, type: 'customer.onboarded', data: told });
  });
}

export async function changePreferences(
  { database, audit, clock }: CoreServices,
  caller: Caller,
  customerId: string,
  patch: PreferencesPatch,
): Promise<Preferences> {
  return database.asCustomer(customerId, async (trx) => {
    const current = await readPreferences(trx, customerId);
    if (current === undefined) throw new OptiInfraError('NOT_FOUND', `There is no customer ${customerId}.`);
    const changed = applyPatch(current, patch);
    await writePreferences(trx, customerId, changed, clock.wallMs());
    await audit.append(trx, {
      customerId,
      actor: caller.actor,
      action: 'preferences.changed',
      subject: customerId,
      data: { from: current, to: changed },
    });
    return changed;
  });
}
