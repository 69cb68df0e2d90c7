import type { EventType } from '../../../contracts/api/events.ts';
import type { StepReport } from '../../../contracts/api/orchestration.ts';
import { OptiInfraError } from '../../../support/errors.ts';
import type { OrchestratorServices, Trx } from '../services.ts';
import { isTerminal, moveStep, type StepStatus } from './policy.ts';
import { lockOptimization, type OptimizationRow } from './store.ts';

const EVENT_OF: Readonly<Record<Exclude<StepStatus, 'pending'>, EventType>> = {
  running: 'optimization.step_started',
  completed: 'optimization.step_completed',
  failed: 'optimization.step_failed',
  rolled_back: 'optimization.step_rolled_back',
};

/** Takes in what the executor says of one step. The same report again changes nothing and tells nobody twice. */
export async function recordStep(
  services: OrchestratorServices,
  optimizationId: string,
  name: string,
  report: StepReport,
): Promise<void> {
  await services.database.asSystem(async (trx) => {
    const optimization = await lockOptimization(trx, optimizationId);
    if (optimization === undefined) {
      throw new OptiInfraError('NOT_FOUND', `No optimization ${optimizationId}.`);
    }
    const before = await statusOf(trx, optimizationId, name);
    const move = moveStep(before, report.status);
    if (move === 'refused' || (move === 'change' && isTerminal(optimization.status))) {
      throw new OptiInfraError(
        'INVALID_STATE',
        `Step ${name} cannot become ${report.status}: it is ${before}, the optimization ${optimization.status}.`,
      );
    }
    if (isTerminal(optimization.status)) return;
    await writeStep(trx, optimizationId, name, report);
    if (move === 'change') await tell(services, trx, optimization, name, report);
  });
}

async function statusOf(trx: Trx, optimizationId: string, name: string): Promise<StepStatus> {
  const row = await trx
    .selectFrom('optimization_steps')
    .select('status')
    .where('optimization_id', '=', optimizationId)
    .where('name', '=', name)
    .executeTakeFirst();
  if (row !== undefined) return row.status;
  throw new OptiInfraError('NOT_FOUND', `Optimization ${optimizationId} has no step ${name}.`);
}

async function writeStep(trx: Trx, optimizationId: string, name: string, report: StepReport): Promise<void> {
  await trx
    .updateTable('optimization_steps')
    .set({
      status: report.status,
      started_at: report.started_at,
      finished_at: report.finished_at,
      world_started_at: report.world_started_at,
      world_finished_at: report.world_finished_at,
      evidence: JSON.stringify(report.evidence),
    })
    .where('optimization_id', '=', optimizationId)
    .where('name', '=', name)
    .execute();
}

async function tell(
  services: OrchestratorServices,
  trx: Trx,
  { id, customer_id: customerId }: OptimizationRow,
  name: string,
  report: StepReport,
): Promise<void> {
  if (report.status === 'pending') return;
  const data = { optimization_id: id, step: name, status: report.status, evidence: report.evidence };
  await services.outbox.publish(trx, { customerId, type: EVENT_OF[report.status], data });
  await services.audit.append(trx, {
    customerId,
    actor: 'service',
    action: EVENT_OF[report.status],
    subject: id,
    data,
  });
}
