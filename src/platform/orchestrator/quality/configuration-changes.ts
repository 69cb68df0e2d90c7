import type { Selectable } from 'kysely';

import type { DeploymentReport, InstanceReport } from '../../../contracts/api/agent-runtime.ts';
import type { EngineConfiguration } from '../../../contracts/api/customers.ts';
import type { OptimizationPlan } from '../../../contracts/api/recommendations.ts';
import { startInternalAnalysis } from '../analyses/internal-analysis.ts';
import type { DeploymentConfigurationsTable } from '../database/quality-rows.ts';
import type { OrchestratorServices, Trx } from '../services.ts';
import { differences, sameConfiguration } from '../../kit/configuration-differences.ts';
import { settle } from './settlement.ts';

type ConfigurationRow = Selectable<DeploymentConfigurationsTable>;

/**
 * Notices, in the transaction of an inventory, that a deployment runs with another configuration than before and that
 * no optimization made it so; the answers are then asked for. What an optimization did is simply the new state.
 */
export async function watchConfigurations(
  services: OrchestratorServices,
  trx: Trx,
  customerId: string,
  { deployments, instances }: Inventory,
): Promise<void> {
  const resting = instances.filter(({ ready }) => !ready);
  const notServing = new Set(resting.map(({ instance_id: id }) => id));
  for (const report of deployments)
    await watchDeployment(services, trx, customerId, { ...report, notServing });
}

interface Inventory {
  readonly deployments: readonly DeploymentReport[];
  readonly instances: readonly Pick<InstanceReport, 'instance_id' | 'ready'>[];
}

async function watchDeployment(
  services: OrchestratorServices,
  trx: Trx,
  customerId: string,
  report: DeploymentReport & { readonly notServing: ReadonlySet<string> },
): Promise<void> {
  const now = new Date(services.clock.wallMs());
  const row = await lockConfiguration(trx, customerId, report.name);
  const reported = report.engine_configuration;
  if (row === undefined) return insertConfiguration(trx, customerId, report.name, reported, now);
  const settlement = settle(
    {
      settled: row.settled,
      candidate: row.candidate,
      candidateReports: row.candidate_reports,
      candidateNodes: row.candidate_nodes,
    },
    report,
  );
  if (settlement.kind === 'unchanged') return adopt(trx, row, row.settled, now);
  const optimizations = await optimizationsSince(trx, row);
  if (
    optimizations.some(({ plan }) => configurationsOf(plan).some((one) => sameConfiguration(one, reported)))
  ) {
    return adopt(trx, row, reported, now);
  }
  const mustWait =
    settlement.kind === 'watching' ||
    optimizations.some(({ finished_at }) => finished_at === null) ||
    (await isBeingAnalysed(trx, customerId, report.name));
  if (mustWait) return watch(trx, row, reported, settlement);
  await announce(services, trx, row, reported);
  await adopt(trx, row, reported, now);
}

async function announce(
  services: OrchestratorServices,
  trx: Trx,
  { customer_id: customerId, deployment, settled: from }: ConfigurationRow,
  to: EngineConfiguration,
): Promise<void> {
  const data = { deployment, from, to, differences: differences(from, to) };
  await services.outbox.publish(trx, { customerId, type: 'deployment.configuration_changed', data });
  await services.audit.append(trx, {
    customerId,
    actor: `runtime:${customerId}`,
    action: 'deployment.configuration_changed',
    subject: deployment,
    data,
  });
  const trigger = { kind: 'configuration_changed', deployment, from, to } as const;
  await startInternalAnalysis(services, trx, { customerId, agentType: 'application', trigger });
}

async function lockConfiguration(
  trx: Trx,
  customerId: string,
  deployment: string,
): Promise<ConfigurationRow | undefined> {
  return trx
    .selectFrom('deployment_configurations')
    .selectAll()
    .where('customer_id', '=', customerId)
    .where('deployment', '=', deployment)
    .forUpdate()
    .executeTakeFirst();
}

async function insertConfiguration(
  trx: Trx,
  customerId: string,
  deployment: string,
  settled: EngineConfiguration,
  now: Date,
): Promise<void> {
  await trx
    .insertInto('deployment_configurations')
    .values({
      customer_id: customerId,
      deployment,
      settled: JSON.stringify(settled),
      candidate_reports: 0,
      looked_at: now,
    })
    .execute();
}

async function adopt(
  trx: Trx,
  row: ConfigurationRow,
  settled: EngineConfiguration,
  now: Date,
): Promise<void> {
  await trx
    .updateTable('deployment_configurations')
    .set({ settled: JSON.stringify(settled), candidate: null, candidate_reports: 0, looked_at: now })
    .where('customer_id', '=', row.customer_id)
    .where('deployment', '=', row.deployment)
    .execute();
}

/** Keeps what was seen; the moment before the change stays, so that its author is still found. */
async function watch(
  trx: Trx,
  row: ConfigurationRow,
  candidate: EngineConfiguration,
  seen: { readonly candidateReports: number; readonly candidateNodes: number },
): Promise<void> {
  await trx
    .updateTable('deployment_configurations')
    .set({
      candidate: JSON.stringify(candidate),
      candidate_reports: seen.candidateReports,
      candidate_nodes: seen.candidateNodes,
    })
    .where('customer_id', '=', row.customer_id)
    .where('deployment', '=', row.deployment)
    .execute();
}

/** Optimizations of the deployment that were under way at some moment since it was last seen unchanged. */
async function optimizationsSince(
  trx: Trx,
  row: ConfigurationRow,
): Promise<readonly { readonly plan: OptimizationPlan; readonly finished_at: Date | null }[]> {
  return trx
    .selectFrom('optimizations')
    .innerJoin('recommendations', 'recommendations.id', 'optimizations.recommendation_id')
    .select(['recommendations.plan', 'optimizations.finished_at'])
    .where('optimizations.customer_id', '=', row.customer_id)
    .where('optimizations.deployment', '=', row.deployment)
    .where('optimizations.status', '<>', 'queued')
    .where((optimization) =>
      optimization.or([
        optimization('optimizations.finished_at', 'is', null),
        optimization('optimizations.finished_at', '>=', row.looked_at),
      ]),
    )
    .execute();
}

/** The configurations that a plan, or its rollback, leaves behind. */
function configurationsOf(plan: OptimizationPlan): readonly EngineConfiguration[] {
  if (plan.kind === 'configuration_change') return [plan.from, plan.to];
  return plan.kind === 'hybrid' ? plan.parts.flatMap(configurationsOf) : [];
}

async function isBeingAnalysed(trx: Trx, customerId: string, deployment: string): Promise<boolean> {
  const open = await trx
    .selectFrom('analyses')
    .select('trigger')
    .where('customer_id', '=', customerId)
    .where('status', '=', 'started')
    .where('trigger', 'is not', null)
    .execute();
  return open.some(
    ({ trigger }) => trigger?.kind === 'configuration_changed' && trigger.deployment === deployment,
  );
}
