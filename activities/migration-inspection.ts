import type { RunSubject } from '../src/contracts/activities.ts';
import type { MigrationPlan, MigrationStep, Optimization } from '../src/contracts/api/recommendations.ts';
import { CANARY } from '../src/contracts/thresholds.ts';
import { inventoryOf, type CloudInstance } from '../src/fixtures/index.ts';
import type { ActivityDependencies } from './context.ts';
import type { EvidenceLog } from './evidence.ts';
import { windowWithRequests, type MeasuredWindow } from './measurements.ts';

const SETTLED_REQUESTS_DEADLINE_MS = 30_000;

/** What a spot migration must have left in the cloud, and how traffic moved on the way. */
export async function inspectMigration(
  dependencies: ActivityDependencies,
  log: EvidenceLog,
  rollout: Rollout,
  progress: (details: unknown) => void,
): Promise<void> {
  const inventory = await inventoryOf(dependencies.harness, rollout.subject);
  recordCloud(log, inventory, rollout);
  await recordTrafficShares(dependencies, log, { ...rollout, inventory }, progress);
}

function recordCloud(
  log: EvidenceLog,
  inventory: readonly CloudInstance[],
  { optimization, plan }: Rollout,
): void {
  const about = { unit: 'flag', source: 'EC2 DescribeInstances', sampleSize: inventory.length };
  const stateOf = (id: string): string =>
    inventory.find(({ instanceId }) => instanceId === id)?.state ?? 'absent';
  const { replace_instance_ids: replaced, keep_instance_ids: kept } = plan;
  const spot = newNodes(inventory, optimization.id).filter(({ state }) => state === 'running');
  log.record(
    'cloud.replaced-nodes-terminated',
    replaced.length > 0 &&
      replaced.every((id) => ['terminated', 'shutting-down', 'absent'].includes(stateOf(id))),
    about,
  );
  log.record(
    'cloud.kept-nodes-running',
    kept.length > 0 && kept.every((id) => stateOf(id) === 'running'),
    about,
  );
  log.record('cloud.spot-nodes-running', spot.length === plan.spot_nodes.length, about);
}

function newNodes(inventory: readonly CloudInstance[], optimizationId: string): CloudInstance[] {
  return inventory.filter(
    ({ lifecycle, tags }) => lifecycle === 'spot' && tags['optiinfra:optimization'] === optimizationId,
  );
}

interface Rollout {
  readonly subject: RunSubject;
  readonly optimization: Optimization;
  readonly plan: MigrationPlan;
  readonly settledAtMs: number | null;
}

/** Shares of traffic by stage, counted in telemetry: what the record claims must be what requests did. */
async function recordTrafficShares(
  dependencies: ActivityDependencies,
  log: EvidenceLog,
  {
    subject,
    optimization,
    plan,
    settledAtMs,
    inventory,
  }: Rollout & { readonly inventory: readonly CloudInstance[] },
  progress: (details: unknown) => void,
): Promise<void> {
  const isNew = new Set(newNodes(inventory, optimization.id).map(({ instanceId }) => instanceId));
  const retiring = new Set(plan.replace_instance_ids);
  const stages = { 'at-10': 'validate_canary', 'at-50': 'validate_50_percent' } as const;
  for (const [name, step] of Object.entries(stages)) {
    const window = worldTimeOf(optimization, step);
    const { share, requests } = await shareOf(dependencies, subject, window, (id) => isNew.has(id));
    log.record(`traffic.new-nodes-share.${name}`, share, {
      unit: 'share',
      source: 'ClickHouse inference_requests',
      sampleSize: requests,
    });
  }
  const settled =
    settledAtMs === null
      ? null
      : await windowWithRequests(
          dependencies,
          subject,
          {
            startMs: settledAtMs,
            requests: CANARY.minimumRequestsPerArm,
            deadlineMs: SETTLED_REQUESTS_DEADLINE_MS,
          },
          progress,
        );
  const { share, requests } = await shareOf(dependencies, subject, settled, (id) => !retiring.has(id));
  log.record('traffic.target-fleet-share.at-100', share, {
    unit: 'share',
    source: 'ClickHouse inference_requests',
    sampleSize: requests,
  });
}

async function shareOf(
  { telemetry }: ActivityDependencies,
  subject: RunSubject,
  window: MeasuredWindow | null,
  counts: (instanceId: string) => boolean,
): Promise<{ share: number | null; requests: number }> {
  if (window === null) return { share: null, requests: 0 };
  const byInstance = await telemetry.requestsByInstance({ customerId: subject.customerId, ...window });
  let requests = 0;
  let counted = 0;
  for (const [instanceId, count] of byInstance) {
    requests += count;
    if (counts(instanceId)) counted += count;
  }
  return { share: requests === 0 ? null : counted / requests, requests };
}

function worldTimeOf(optimization: Optimization, step: MigrationStep): MeasuredWindow | null {
  const found = optimization.execution_steps.find(({ name }) => name === step);
  const [start, end] = [found?.world_started_at ?? null, found?.world_finished_at ?? null];
  return start === null || end === null ? null : { startMs: Date.parse(start), endMs: Date.parse(end) };
}
