import { createHash, randomBytes } from 'node:crypto';

import type { ConnectRequest, ConnectResponse } from '../../../contracts/api/agent-runtime.ts';
import { OptiInfraError } from '../../../support/errors.ts';
import { toTimestamp } from '../../../support/clock.ts';
import type { OrchestratorServices, Trx } from '../services.ts';

/** Exchanges a one-use agent token for a runtime token; only hashes are stored. */
export async function connectRuntime(
  services: OrchestratorServices,
  agentToken: string | undefined,
  request: ConnectRequest,
): Promise<ConnectResponse> {
  if (agentToken === undefined) {
    throw new OptiInfraError('UNAUTHENTICATED', 'Present the agent token as a bearer token.');
  }
  const runtimeToken = `rt_${randomBytes(32).toString('base64url')}`;
  const customerId = await services.database.asSystem(async (trx) => {
    const owner = await spendToken(trx, sha256(agentToken), services.clock.wallMs());
    await trx
      .insertInto('runtime_tokens')
      .values({
        token_hash: sha256(runtimeToken),
        customer_id: owner,
        hostname: request.hostname,
        version: request.version,
        created_at: toTimestamp(services.clock.wallMs()),
      })
      .execute();
    await services.audit.append(trx, {
      customerId: owner,
      actor: `runtime:${owner}`,
      action: 'agent_runtime.connected',
      subject: owner,
      data: { hostname: request.hostname, version: request.version },
    });
    return owner;
  });
  return { connected: true, customer_id: customerId, runtime_token: runtimeToken };
}

/** One statement decides who was first with the token. */
async function spendToken(trx: Trx, tokenHash: string, nowMs: number): Promise<string> {
  const now = toTimestamp(nowMs);
  const spent = await trx
    .updateTable('agent_tokens')
    .set({ used_at: now })
    .where('token_hash', '=', tokenHash)
    .where('used_at', 'is', null)
    .where('expires_at', '>', new Date(nowMs))
    .returning('customer_id')
    .executeTakeFirst();
  if (spent !== undefined) return spent.customer_id;
  throw new OptiInfraError('UNAUTHENTICATED', 'The agent token is unknown, used or expired.');
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

export function bearerToken(authorization: string | undefined): string | undefined {
  return authorization?.match(/^Bearer (\S+)$/i)?.[1];
}
