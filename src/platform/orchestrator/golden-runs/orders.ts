import type { GoldenRunOrder } from '../../../contracts/api/agent-runtime.ts';
import type { GoldenRunRequest, GoldenRunStatus } from '../../../contracts/api/orchestration.ts';
import { OptiInfraError } from '../../../support/errors.ts';
import type { OrchestratorServices, Trx } from '../services.ts';
import {
  findGoldenRun,
  findOpenRun,
  lockOrders,
  oldestOrdered,
  viewGoldenRun,
  type GoldenRunRow,
} from './store.ts';

/** An order written by another process is seen at the next look, this much later at most. */
const LOOK_AGAIN_MS = 500;

/**
 * Orders golden prompts of a deployment. While a run that asks the same of the same configuration is open, that one is
 * the answer: an analysis that is tried again does not ask the customer's machines twice.
 * @throws OptiInfraError `NOT_FOUND` when no inventory holds the deployment.
 */
export async function orderGoldenRun(
  services: OrchestratorServices,
  customerId: string,
  request: GoldenRunRequest,
  actor: string,
): Promise<GoldenRunStatus> {
  const run = await services.database.asCustomer(customerId, async (trx) => {
    await lockOrders(trx, customerId, request.deployment);
    const wanted = {
      customerId,
      ...request,
      engineConfiguration: await configurationOf(trx, customerId, request.deployment),
    };
    return (await findOpenRun(trx, wanted)) ?? insertRun(services, trx, wanted, actor);
  });
  services.flow.signals.notify(`golden-runs:${customerId}`);
  return viewGoldenRun(run);
}

async function configurationOf(trx: Trx, customerId: string, deployment: string) {
  const row = await trx
    .selectFrom('deployments')
    .select('engine_configuration')
    .where('customer_id', '=', customerId)
    .where('name', '=', deployment)
    .executeTakeFirst();
  if (row !== undefined) return row.engine_configuration;
  throw new OptiInfraError('NOT_FOUND', `Customer ${customerId} runs no deployment ${deployment}.`);
}

async function insertRun(
  services: OrchestratorServices,
  trx: Trx,
  wanted: Parameters<typeof findOpenRun>[1],
  actor: string,
): Promise<GoldenRunRow> {
  const { customerId, deployment, prompts } = wanted;
  const row = await trx
    .insertInto('golden_runs')
    .values({
      id: services.ids('gld'),
      customer_id: customerId,
      deployment,
      engine_configuration: JSON.stringify(wanted.engineConfiguration),
      prompts,
      status: 'ordered',
      created_at: new Date(services.clock.wallMs()),
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  await services.audit.append(trx, {
    customerId,
    actor,
    action: 'golden_run.ordered',
    subject: row.id,
    data: { deployment, prompts },
  });
  return row;
}

export async function goldenRunStatus(
  services: OrchestratorServices,
  customerId: string,
  goldenRunId: string,
): Promise<GoldenRunStatus> {
  const row = await services.database.asCustomer(customerId, (trx) => findGoldenRun(trx, goldenRunId));
  if (row !== undefined) return viewGoldenRun(row);
  throw new OptiInfraError('NOT_FOUND', `Customer ${customerId} has no golden run ${goldenRunId}.`);
}

/** Long poll: the oldest open order as soon as there is one; undefined when the wait is over. */
export async function awaitGoldenRun(
  services: OrchestratorServices,
  customerId: string,
  waitMs: number,
): Promise<GoldenRunOrder | undefined> {
  const deadline = services.clock.monotonicMs() + waitMs;
  for (;;) {
    const look = new AbortController();
    const remainingMs = Math.max(0, deadline - services.clock.monotonicMs());
    const patienceMs = Math.min(remainingMs, LOOK_AGAIN_MS);
    // Listening starts before the look, so that an order given during it is not slept through.
    const woken = services.flow.signals.wait(`golden-runs:${customerId}`, patienceMs, look.signal);
    const order = await services.database
      .asCustomer(customerId, (trx) => oldestOrdered(trx, customerId))
      .catch((error: unknown) => {
        look.abort();
        throw error;
      });
    if (order !== undefined) {
      look.abort();
      return { golden_run_id: order.id, deployment: order.deployment, prompts: order.prompts };
    }
    if (remainingMs === 0) return undefined;
    await woken;
  }
}
