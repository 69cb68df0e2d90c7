import type { DiscoverRequest, InstanceReport } from '../../../contracts/api/agent-runtime.ts';
import type { Lifecycle } from '../../../contracts/api/common.ts';
import type { CloudPlace } from '../../../contracts/api/orchestration.ts';
import { OptiInfraError } from '../../../support/errors.ts';
import { readPlaces } from '../customers/credentials.ts';
import { costOfFleet, hourlyRate, type CostOfFleet } from '../inventory/cost.ts';
import { quoteFor } from '../inventory/quotes.ts';
import {
  lockLatestObservation,
  readInstances,
  replaceDeployments,
  terminateAbsent,
  upsertInstances,
  type InstanceRow,
  type PricedInstance,
} from '../inventory/store.ts';
import { watchSpotNodes } from '../interruptions/spot-nodes.ts';
import { watchConfigurations } from '../quality/configuration-changes.ts';
import type { OrchestratorServices, Trx } from '../services.ts';
import { inventoryChanges, type InventoryChanges } from './changes.ts';
import { insertCostSample } from './telemetry-store.ts';

export interface DiscoverAnswer {
  /** False when a newer inventory had already been taken in. */
  readonly accepted: boolean;
  readonly monthly_cost: number;
}

/** Takes in the whole inventory as the runtime saw it: instances, deployments, what has gone, and what it costs. */
export async function takeInventory(
  services: OrchestratorServices,
  customerId: string,
  report: DiscoverRequest,
): Promise<DiscoverAnswer> {
  checkReferences(report);
  const instances = await priceInstances(services, customerId, report);
  const cost = costOfFleet(instances.map((item) => ({ ...item, usd_per_hour: item.usdPerHour })));
  const accepted = await services.database.asCustomer(customerId, (trx) =>
    storeInventory(services, trx, { customerId, report, instances, cost }),
  );
  if (accepted) await insertCostSample(services.clickhouse, customerId, report.observed_at_ms, cost);
  services.flow.lifecycles.delete(customerId);
  // What was seen may have started an analysis.
  services.flow.signals.notify('tasks');
  return { accepted, monthly_cost: cost.monthlyCostUsd };
}

/** A deployment on an instance that the same report does not know would be half an inventory. */
function checkReferences(report: DiscoverRequest): void {
  const known = new Set(report.instances.map(({ instance_id }) => instance_id));
  for (const [index, deployment] of report.deployments.entries()) {
    const unknown = deployment.instance_ids.find((id) => !known.has(id));
    if (unknown === undefined) continue;
    throw new OptiInfraError(
      'VALIDATION_FAILED',
      `body.deployments.${String(index)}.instance_ids: ${unknown} is not among the instances`,
    );
  }
}

async function priceInstances(
  services: OrchestratorServices,
  customerId: string,
  report: DiscoverRequest,
): Promise<readonly PricedInstance[]> {
  const places = await services.database.asCustomer(customerId, (trx) => readPlaces(trx, customerId));
  const deploymentOf = new Map(
    report.deployments.flatMap(({ name, instance_ids }) => instance_ids.map((id) => [id, name] as const)),
  );
  return Promise.all(
    report.instances.map(async (instance) => ({
      ...instance,
      usdPerHour: await rateOf(services, accountFor(places, instance), instance),
      deployment: deploymentOf.get(instance.instance_id) ?? null,
    })),
  );
}

async function rateOf(
  services: OrchestratorServices,
  account: string,
  instance: InstanceReport,
): Promise<number> {
  const { provider, region, instance_type, lifecycle, zone } = instance;
  return hourlyRate(await quoteFor(services, { provider, account, region, instance_type }), lifecycle, zone);
}

/** The account whose rates hold for an instance: that of its place, else of the same cloud elsewhere. */
function accountFor(places: readonly CloudPlace[], { provider, region }: InstanceReport): string {
  const inCloud = places.filter((place) => place.provider === provider);
  const place = inCloud.find((candidate) => candidate.region === region) ?? inCloud[0];
  if (place !== undefined) return place.account_id;
  throw new OptiInfraError(
    'INVALID_STATE',
    `The customer has not been onboarded to ${provider}: there is no cloud account.`,
  );
}

interface Intake {
  readonly customerId: string;
  readonly report: DiscoverRequest;
  readonly instances: readonly PricedInstance[];
  readonly cost: CostOfFleet;
}

async function storeInventory(services: OrchestratorServices, trx: Trx, intake: Intake): Promise<boolean> {
  const { customerId, report, instances } = intake;
  const latest = await lockLatestObservation(trx, customerId);
  if (latest !== null && latest.getTime() > report.observed_at_ms) return false;
  const before = await readInstances(trx, customerId);
  await upsertInstances(trx, customerId, report.observed_at_ms, instances);
  await terminateAbsent(
    trx,
    customerId,
    report.observed_at_ms,
    instances.map(({ instance_id }) => instance_id),
  );
  await replaceDeployments(trx, customerId, report.observed_at_ms, report.deployments);
  await watchConfigurations(services, trx, customerId, report);
  await announce(services, trx, intake, inventoryChanges(before, instances), before);
  await watchSpotNodes(services, trx, { customerId, before, now: instances, lastSeen: latest });
  return true;
}

async function announce(
  services: OrchestratorServices,
  trx: Trx,
  { customerId, instances, cost, report }: Intake,
  changes: InventoryChanges,
  before: readonly InstanceRow[],
): Promise<void> {
  for (const notice of changes.interruptions) {
    await services.outbox.publish(trx, {
      customerId,
      type: 'instance.interruption_notice',
      data: {
        instance_id: notice.instanceId,
        deployment: instances.find((item) => item.instance_id === notice.instanceId)?.deployment ?? null,
        interruption_at: notice.at,
      },
    });
  }
  if (!changes.any) return;
  const data = {
    instances: instances.filter(({ state }) => state !== 'terminated').length,
    on_demand_nodes: countRunning(instances, 'on_demand'),
    spot_nodes: countRunning(instances, 'spot'),
    deployments: report.deployments.map(({ name }) => name),
    monthly_cost: cost.monthlyCostUsd,
    appeared: changes.appeared,
    gone: changes.gone,
    first: before.length === 0,
  };
  await services.outbox.publish(trx, { customerId, type: 'infrastructure.discovered', data });
  await services.audit.append(trx, {
    customerId,
    actor: `runtime:${customerId}`,
    action: 'infrastructure.discovered',
    subject: customerId,
    data,
  });
}

function countRunning(instances: readonly PricedInstance[], lifecycle: Lifecycle): number {
  return instances.filter((item) => item.state === 'running' && item.lifecycle === lifecycle).length;
}
