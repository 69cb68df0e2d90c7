import { OptiInfraError } from '../../support/errors.ts';
import type { OrchestratorServices } from './services.ts';

/** Only an admin gets here with an id that is nobody's: the owner guard has let the owner through. */
export async function requireCustomer(
  services: Pick<OrchestratorServices, 'database'>,
  customerId: string,
): Promise<void> {
  const row = await services.database.asCustomer(customerId, (trx) =>
    trx.selectFrom('customers').select('id').where('id', '=', customerId).executeTakeFirst(),
  );
  if (row === undefined) throw new OptiInfraError('NOT_FOUND', `No customer ${customerId}.`);
}
