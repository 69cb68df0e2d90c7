import { sql } from 'kysely';

import type { AppliedState, DesiredState } from '../../../contracts/api/agent-runtime.ts';
import type { DesiredStateRequest, DesiredStateStatus } from '../../../contracts/api/orchestration.ts';
import { toTimestamp } from '../../../support/clock.ts';
import { OptiInfraError } from '../../../support/errors.ts';
import { checkLease } from '../optimizations/leases.ts';
import type { OrchestratorServices, Trx } from '../services.ts';

/** A generation written by another process is seen at the next look, this much later at most. */
const LOOK_AGAIN_MS = 500;

async function latestState(trx: Trx, customerId: string): Promise<DesiredState | undefined> {
  return trx
    .selectFrom('desired_states')
    .select(['generation', 'deployments'])
    .where('customer_id', '=', customerId)
    .orderBy('generation', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** Long poll: answers as soon as a generation after `afterGeneration` exists; undefined when the wait is over. */
export async function awaitDesiredState(
  services: OrchestratorServices,
  customerId: string,
  afterGeneration: number,
  waitMs: number,
): Promise<DesiredState | undefined> {
  const deadline = services.clock.monotonicMs() + waitMs;
  for (;;) {
    const look = new AbortController();
    const remaining = Math.max(0, deadline - services.clock.monotonicMs());
    const woken = services.flow.signals.wait(
      `desired-state:${customerId}`,
      Math.min(remaining, LOOK_AGAIN_MS),
      look.signal,
    );
    const state = await services.database
      .asCustomer(customerId, (trx) => latestState(trx, customerId))
      .catch((error: unknown) => {
        look.abort();
        throw error;
      });
    if (state !== undefined && state.generation > afterGeneration) {
      look.abort();
      return state;
    }
    if (remaining === 0) return undefined;
    await woken;
  }
}

/**
 * Writes the next generation: the deployments named replace their part, the others keep theirs.
 * @throws OptiInfraError `STALE_LEASE` when the writer does not hold every deployment he names.
 */
export async function writeDesiredState(
  services: OrchestratorServices,
  customerId: string,
  { deployments, lease }: DesiredStateRequest,
  actor: string,
): Promise<DesiredState> {
  const state = await services.database.asCustomer(customerId, async (trx) => {
    await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`desired-state:${customerId}`}, 0))`.execute(
      trx,
    );
    await checkLease(
      trx,
      customerId,
      deployments.map(({ name }) => name),
      lease,
    );
    const before = await latestState(trx, customerId);
    const named = new Set(deployments.map(({ name }) => name));
    const kept = (before?.deployments ?? []).filter(({ name }) => !named.has(name));
    const next: DesiredState = {
      generation: (before?.generation ?? 0) + 1,
      deployments: [...kept, ...deployments],
    };
    await trx
      .insertInto('desired_states')
      .values({
        customer_id: customerId,
        generation: next.generation,
        deployments: JSON.stringify(next.deployments),
        requested_by: actor,
        created_at: toTimestamp(services.clock.wallMs()),
      })
      .execute();
    await services.audit.append(trx, {
      customerId,
      actor,
      action: 'desired_state.written',
      subject: customerId,
      data: { generation: next.generation, deployments, lease },
    });
    return next;
  });
  services.flow.signals.notify(`desired-state:${customerId}`);
  return state;
}

export async function recordApplied(
  services: OrchestratorServices,
  customerId: string,
  applied: AppliedState,
): Promise<void> {
  await services.database.asCustomer(customerId, async (trx) => {
    const changed = await trx
      .updateTable('desired_states')
      .set({ applied_at: toTimestamp(applied.applied_at_ms), problems: JSON.stringify(applied.problems) })
      .where('customer_id', '=', customerId)
      .where('generation', '=', applied.generation)
      .returning('generation')
      .executeTakeFirst();
    if (changed === undefined) {
      throw new OptiInfraError(
        'NOT_FOUND',
        `generation: there is no generation ${String(applied.generation)}.`,
      );
    }
    await services.audit.append(trx, {
      customerId,
      actor: `runtime:${customerId}`,
      action: 'desired_state.applied',
      subject: customerId,
      data: { generation: applied.generation, problems: applied.problems },
    });
  });
}

/** A generation counts as applied when it or a later one was: a later one contains it. */
export async function desiredStateStatus(
  services: OrchestratorServices,
  customerId: string,
  generation: number,
): Promise<DesiredStateStatus> {
  return services.database.asCustomer(customerId, async (trx) => {
    const rows = trx.selectFrom('desired_states').where('customer_id', '=', customerId);
    const exists = await rows.select('generation').where('generation', '=', generation).executeTakeFirst();
    if (exists === undefined) throw new OptiInfraError('NOT_FOUND', `No generation ${String(generation)}.`);
    const applied = await rows
      .select(['applied_at', 'problems'])
      .where('generation', '>=', generation)
      .where('applied_at', 'is not', null)
      .orderBy('generation')
      .limit(1)
      .executeTakeFirst();
    return {
      generation,
      applied: applied !== undefined,
      applied_at_ms: applied?.applied_at?.getTime() ?? null,
      problems: applied?.problems ?? {},
    };
  });
}
