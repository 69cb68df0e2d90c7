import type { FleetActivities, RunSubject, StateSnapshot } from '../src/contracts/activities.ts';
import type { OptimizationPlan } from '../src/contracts/api/recommendations.ts';
import { inventoryOf, type CloudInstance } from '../src/fixtures/index.ts';
import { awaitAnalysisEnd } from './analysis-end.ts';
import { heartbeating, type ActivityDependencies } from './context.ts';
import { createEvidenceLog } from './evidence.ts';
import { recordMeasured } from './forecast.ts';
import { differencesOf } from './state-differences.ts';

const ANALYSIS_DEADLINE_MS = 110_000;
const HOUR_MS = 3_600_000;
const LIVE = ['running', 'pending'];

/** What fleets are used for, and what plans have made of them, by the word of stores, world and clouds. */
export function createFleetActivities(dependencies: ActivityDependencies): FleetActivities {
  return {
    readAnalysis: ({ subject, analysisId }) =>
      heartbeating((progress) => readAnalysis(dependencies, subject, analysisId, progress)),
    measureUse: ({ subject }) => heartbeating(() => measureUse(dependencies, subject)),
    inspectFleet: (input) => heartbeating(() => inspectFleet(dependencies, input)),
    measureLatencyForecast: (input) => heartbeating(() => measureLatencyForecast(dependencies, input)),
  };
}

async function readAnalysis(
  dependencies: ActivityDependencies,
  { customerId, deployments }: RunSubject,
  analysisId: string,
  progress: (details: unknown) => void,
): ReturnType<FleetActivities['readAnalysis']> {
  const { harness, database } = dependencies;
  const log = createEvidenceLog(harness.clock);
  const which = { where: 'id = $1 AND customer_id = $2', parameters: [analysisId, customerId] };
  const end = await awaitAnalysisEnd(dependencies, which, ANALYSIS_DEADLINE_MS, progress);
  const recommended = await database.rows<{ type: string; plan: OptimizationPlan }>(
    'SELECT type, plan FROM recommendations WHERE analysis_id = $1 AND customer_id = $2 ORDER BY created_at, id',
    [analysisId, customerId],
  );
  const source = 'PostgreSQL analyses';
  log.record('analysis.status', end?.status ?? null, { unit: 'text', source });
  log.record('analysis.findings', end?.findings ?? null, { unit: 'text', source });
  for (const { name } of deployments) {
    const own = end?.findings?.filter((finding) => finding.startsWith(`${name}:`)) ?? [];
    log.record(`analysis.finding.${name}`, own.length === 0 ? null : own.join(' | '), {
      unit: 'text',
      source,
    });
  }
  log.record(
    'analysis.recommendations',
    recommended.map(({ type, plan }) => `${type} of ${plan.deployment}`),
    { unit: 'text', source: 'PostgreSQL recommendations', sampleSize: recommended.length },
  );
  return {
    evidence: log.evidence,
    notes: end?.findings ?? [],
    output: {},
  };
}

async function measureUse(
  { harness, telemetry, world }: ActivityDependencies,
  { customerId, siteId }: RunSubject,
): ReturnType<FleetActivities['measureUse']> {
  const log = createEvidenceLog(harness.clock);
  const endMs = Math.trunc(harness.clock.worldMs());
  const window = { customerId, startMs: endMs - HOUR_MS, endMs };
  const { deployments, nodes } = await world.site(siteId);
  const notes: string[] = [];
  for (const { name } of deployments) {
    const instanceIds = nodes
      .filter(({ deployment }) => deployment === name)
      .map(({ instanceId }) => instanceId);
    const { requests } = await telemetry.requests({ ...window, instanceIds });
    const [gpu] = await telemetry.rows<{ mean: number | null; samples: string; first: string }>(
      `SELECT if(count() = 0, NULL, avg(utilization)) AS mean, count() AS samples,
         toUnixTimestamp64Milli(min(at)) AS first
       FROM gpu_samples WHERE customer_id = {customerId:String} AND instance_id IN {instanceIds:Array(String)}
         AND at >= fromUnixTimestamp64Milli({startMs:Int64}) AND at < fromUnixTimestamp64Milli({endMs:Int64})`,
      { ...window, instanceIds },
    );
    const samples = Number(gpu?.samples ?? 0);
    const seenMs = samples === 0 ? null : endMs - Number(gpu?.first);
    const record = (what: string, value: number | null, unit: string, source: string): void =>
      log.record(`use.${name}.${what}`, value, { unit, source, sampleSize: samples });
    record('requests', requests, 'requests in an hour', 'ClickHouse inference_requests');
    record('gpu', gpu?.mean ?? null, 'share', 'ClickHouse gpu_samples');
    record(
      'seen-minutes',
      seenMs === null ? null : seenMs / 60_000,
      'min of world time',
      'ClickHouse gpu_samples',
    );
    const busy =
      gpu?.mean === undefined || gpu.mean === null ? 'unknown' : `${(gpu.mean * 100).toFixed(1)} %`;
    notes.push(`${name}: ${String(requests)} requests in the last hour, GPUs ${busy} busy`);
  }
  return { evidence: log.evidence, notes, output: {} };
}

async function inspectFleet(
  { harness, world }: ActivityDependencies,
  { subject, snapshot, recommendationId, optimizationId }: Parameters<FleetActivities['inspectFleet']>[0],
): ReturnType<FleetActivities['inspectFleet']> {
  const log = createEvidenceLog(harness.clock);
  const [{ plan }, inventory, site] = await Promise.all([
    harness.clientOf(subject.email).recommendation(recommendationId),
    inventoryOf(harness, subject),
    world.site(subject.siteId),
  ]);
  const live = inventory.filter(({ state }) => LIVE.includes(state));
  const isLive = (id: string): boolean => live.some(({ instanceId }) => instanceId === id);
  const retired = retiredBy(plan);
  const cloud = { unit: 'text', source: 'inventory of the clouds', sampleSize: inventory.length };
  log.record('fleet.planned-to-go', retired, { unit: 'text', source: 'GET /recommendations/{id}' });
  log.record('fleet.retired-still-there', retired.filter(isLive), cloud);
  log.record(
    'fleet.lost',
    snapshot.runningInstanceIds.filter((id) => !retired.includes(id) && !isLive(id)),
    cloud,
  );
  const before = new Set(snapshot.runningInstanceIds);
  const came = live.filter(({ instanceId }) => !before.has(instanceId));
  log.record('fleet.came', came.map(describe).sort(), cloud);
  log.record('fleet.came-by-plan', came.map(describe).sort().join() === expectedBy(plan).sort().join(), {
    ...cloud,
    unit: 'flag',
  });
  log.record(
    'fleet.strangers',
    came
      .filter(({ tags }) => tags['optiinfra:optimization'] !== optimizationId)
      .map(({ instanceId }) => instanceId),
    cloud,
  );
  const present = site.nodes.filter(({ state }) => state !== 'gone');
  recordOthers(log, plan.deployment, snapshot, present);
  const serving = site.nodes.filter(
    ({ deployment, state }) => deployment === plan.deployment && state === 'ready',
  );
  const had = snapshot.nodes.filter(({ deployment }) => deployment === plan.deployment);
  log.record('fleet.nodes-after', serving.length, { unit: 'count', source: 'the world' });
  log.record('fleet.nodes-after-share', had.length === 0 ? null : serving.length / had.length, {
    unit: 'share',
    source: 'the world',
    sampleSize: had.length,
  });
  return {
    evidence: log.evidence,
    notes: [
      `${String(retired.length)} nodes planned to go, ${String(came.length)} came, ${String(serving.length)} serve`,
    ],
    output: {},
  };
}

/** Nodes of other deployments must be as they were, by the world's own word. */
function recordOthers(
  log: ReturnType<typeof createEvidenceLog>,
  touched: string,
  { nodes }: StateSnapshot,
  now: Parameters<typeof differencesOf>[1]['nodes'],
): void {
  const others = (all: StateSnapshot['nodes']): StateSnapshot => ({
    takenAtWorldMs: 0,
    nodes: all.filter(({ deployment }) => deployment !== touched),
    runningInstanceIds: [],
  });
  const [before, after] = [others(nodes), others(now)];
  const about = { source: 'the world', sampleSize: before.nodes.length };
  log.record('fleet.others', before.nodes.length, { unit: 'count', ...about });
  log.record('fleet.others-differences', differencesOf(before, after), { unit: 'text', ...about });
}

function retiredBy(plan: OptimizationPlan): readonly string[] {
  switch (plan.kind) {
    case 'scale_in':
      return plan.retire_instance_ids;
    case 'spot_migration':
    case 'placement':
      return plan.replace_instance_ids;
    case 'replacement':
      return [plan.lost_instance_id];
    case 'configuration_change':
      return [];
    case 'hybrid':
      return plan.parts.flatMap(retiredBy);
  }
}

/** `aws us-east-2 p4d.24xlarge spot` */
function describe(
  instance: Pick<CloudInstance, 'provider' | 'region' | 'instanceType' | 'lifecycle'>,
): string {
  return [instance.provider, instance.region, instance.instanceType, instance.lifecycle].join(' ');
}

/** The machines that a plan says must come. */
function expectedBy(plan: OptimizationPlan): string[] {
  switch (plan.kind) {
    case 'placement': {
      const { target } = plan;
      return target.nodes.map(() => describe({ ...target, instanceType: target.instance_type }));
    }
    case 'spot_migration':
      return plan.spot_nodes.map(() =>
        describe({ ...plan, instanceType: plan.instance_type, lifecycle: 'spot' }),
      );
    case 'hybrid':
      return plan.parts.flatMap(expectedBy);
    case 'configuration_change':
    case 'scale_in':
    case 'replacement':
      return [];
  }
}

async function measureLatencyForecast(
  { harness, telemetry, world }: ActivityDependencies,
  { subject, recommendationId, window }: Parameters<FleetActivities['measureLatencyForecast']>[0],
): ReturnType<FleetActivities['measureLatencyForecast']> {
  const log = createEvidenceLog(harness.clock);
  const { plan, forecast } = await harness.clientOf(subject.email).recommendation(recommendationId);
  const { nodes } = await world.site(subject.siteId);
  const instanceIds = nodes
    .filter(({ deployment }) => deployment === plan.deployment)
    .map(({ instanceId }) => instanceId);
  const { requests, latencyMsP95 } = await telemetry.requests({
    customerId: subject.customerId,
    ...window,
    instanceIds,
  });
  recordMeasured(log, 'latency-p95', {
    predicted: forecast.latency?.latency_ms_p95 ?? null,
    measured: latencyMsP95,
    source: 'ClickHouse inference_requests',
    sampleSize: requests,
  });
  const shown = latencyMsP95 === null ? 'unknown' : `${latencyMsP95.toFixed(0)} ms`;
  return {
    evidence: log.evidence,
    notes: [
      `${plan.deployment}: P95 ${shown}, ${forecast.latency?.latency_ms_p95.toFixed(0) ?? 'nothing'} ms predicted`,
    ],
    output: {},
  };
}
