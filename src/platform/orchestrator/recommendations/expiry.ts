import { startLoop, type Loop } from '../loops.ts';
import type { OrchestratorServices } from '../services.ts';
import { judgeWaiting } from './opinions.ts';

const SWEEP_EVERY_MS = 5_000;

/** Expires the undecided whose time is over. */
async function expireRecommendations(services: OrchestratorServices): Promise<readonly string[]> {
  return services.database.asSystem(async (trx) => {
    const expired = await trx
      .updateTable('recommendations')
      .set({ status: 'expired' })
      .where('status', 'in', ['pending', 'validated'])
      .where('expires_at', '<=', new Date(services.clock.wallMs()))
      .returning(['id', 'customer_id', 'expires_at'])
      .execute();
    // In one order of customers, so that two transactions never wait for each other's event sequence.
    expired.sort((a, b) => a.customer_id.localeCompare(b.customer_id));
    for (const { id, customer_id: customerId, expires_at } of expired) {
      const data = { recommendation_id: id, reason: `nobody decided until ${expires_at.toISOString()}` };
      await services.outbox.publish(trx, { customerId, type: 'recommendation.expired', data });
      await services.audit.append(trx, {
        customerId,
        actor: 'service',
        action: 'recommendation.expired',
        subject: id,
        data,
      });
    }
    return expired.map(({ id }) => id);
  });
}

/** What time alone changes: offers expire, and agents that have gone are no longer waited for. */
export function startRecommendationSweep(services: OrchestratorServices): Loop {
  return startLoop(services, {
    name: 'recommendations',
    intervalMs: SWEEP_EVERY_MS,
    round: async () => {
      await expireRecommendations(services);
      await judgeWaiting(services);
    },
  });
}
