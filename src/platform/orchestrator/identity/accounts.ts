import { z } from 'zod';

import { PLANS } from '../../../contracts/api/common.ts';
import type { SignupRequest } from '../../../contracts/api/customers.ts';
import { OptiInfraError } from '../../../support/errors.ts';
import { openChain } from '../audit/audit.ts';
import { DEFAULT_PREFERENCES } from '../customers/default-preferences.ts';
import { addPreferences } from '../customers/preferences.ts';
import { isUniqueViolation } from '../database/failures.ts';
import type { OrchestratorServices, Trx } from '../services.ts';
import { hashPassword } from './passwords.ts';

export const signupSchema = z.strictObject({
  email: z.email().max(254),
  company_name: z.string().trim().min(1).max(200),
  password: z.string().min(12).max(256),
  plan: z.enum(PLANS),
}) satisfies z.ZodType<SignupRequest>;

type AccountServices = Pick<OrchestratorServices, 'database' | 'audit' | 'clock' | 'ids'>;

/** Addresses are one whatever their letters' case. */
export function normaliseEmail(email: string): string {
  return email.trim().toLowerCase();
}

/**
 * A customer with its owner, preferences and chains, all or nothing. `actor` is who asked; null: the new owner himself.
 * @throws OptiInfraError `ALREADY_EXISTS` when the address is taken.
 */
export async function createAccount(
  services: AccountServices,
  request: SignupRequest,
  actor: string | null,
): Promise<string> {
  const passwordHash = await hashPassword(request.password);
  const customerId = services.ids('cus');
  const userId = services.ids('usr');
  try {
    await services.database.asSystem(async (trx) => {
      await insertAccount(trx, services, { request, passwordHash, customerId, userId });
      await services.audit.append(trx, {
        customerId,
        actor: actor ?? `user:${userId}`,
        action: 'customer.created',
        subject: customerId,
        data: { plan: request.plan, owner: userId },
      });
    });
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new OptiInfraError('ALREADY_EXISTS', 'body.email: an account with this address exists.', {
      details: { fields: [{ field: 'body.email', message: 'is taken' }] },
    });
  }
  return customerId;
}

async function insertAccount(
  trx: Trx,
  { clock }: AccountServices,
  account: { request: SignupRequest; passwordHash: string; customerId: string; userId: string },
): Promise<void> {
  const { request, passwordHash, customerId, userId } = account;
  const nowMs = clock.wallMs();
  const email = normaliseEmail(request.email);
  const { company_name, plan } = request;
  await trx
    .insertInto('customers')
    .values({ id: customerId, company_name, email, plan, created_at: new Date(nowMs) })
    .execute();
  await trx
    .insertInto('users')
    .values({
      id: userId,
      customer_id: customerId,
      email,
      password_hash: passwordHash,
      role: 'owner',
      created_at: new Date(nowMs),
    })
    .execute();
  await openChain(trx, customerId);
  await addPreferences(trx, customerId, DEFAULT_PREFERENCES, nowMs);
}
