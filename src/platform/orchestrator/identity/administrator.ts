import type { OrchestratorServices } from '../services.ts';
import { normaliseEmail } from './accounts.ts';
import { hashPassword, verifyPassword } from './passwords.ts';

/** The administrator of the environment exists and has the password of the environment, also after it was changed there. */
export async function ensureAdministrator(
  services: Pick<OrchestratorServices, 'database' | 'clock' | 'ids'>,
  credentials: { readonly email: string; readonly password: string },
): Promise<void> {
  const email = normaliseEmail(credentials.email);
  const known = await services.database.asSystem((trx) =>
    trx.selectFrom('users').select(['id', 'password_hash']).where('email', '=', email).executeTakeFirst(),
  );
  if (known !== undefined && (await verifyPassword(known.password_hash, credentials.password))) return;
  const passwordHash = await hashPassword(credentials.password);
  await services.database.asSystem(async (trx) => {
    await trx
      .insertInto('users')
      .values({
        id: services.ids('usr'),
        customer_id: null,
        email,
        password_hash: passwordHash,
        role: 'admin',
        created_at: new Date(services.clock.wallMs()),
      })
      // Never over an owner's account that happens to have the address.
      .onConflict((conflict) =>
        conflict
          .column('email')
          .doUpdateSet({ password_hash: passwordHash })
          .where('users.role', '=', 'admin'),
      )
      .execute();
  });
}
