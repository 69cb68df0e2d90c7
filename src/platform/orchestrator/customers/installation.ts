import type { InstallCommandResponse } from '../../../contracts/api/customers.ts';
import { hashSecret, newSecret } from '../identity/secrets.ts';
import type { Caller, OrchestratorServices } from '../services.ts';

const AGENT_TOKEN_MS = 60 * 60_000;

/** A fresh one-use token in the command that installs the agent-runtime at the customer. */
export async function issueInstallCommand(
  { database, audit, clock }: OrchestratorServices,
  caller: Caller,
  customerId: string,
  apiUrl: string,
): Promise<InstallCommandResponse> {
  const token = newSecret('agentToken');
  const nowMs = clock.wallMs();
  await database.asCustomer(customerId, async (trx) => {
    await trx
      .insertInto('agent_tokens')
      .values({
        token_hash: hashSecret(token),
        customer_id: customerId,
        created_by: caller.actor,
        created_at: new Date(nowMs),
        expires_at: new Date(nowMs + AGENT_TOKEN_MS),
      })
      .execute();
    await audit.append(trx, {
      customerId,
      actor: caller.actor,
      action: 'agent_token.issued',
      subject: customerId,
    });
  });
  return {
    install_command: `optiinfra-agent install --api ${apiUrl} --token ${token}`,
    agent_token: token,
  };
}
