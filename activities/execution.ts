import type { ExecutionActivities, ExecutionProgress, RunSubject } from '../src/contracts/activities.ts';
import type { LiveEvent } from '../src/contracts/api/events.ts';
import {
  MIGRATION_STEPS,
  type Optimization,
  type Recommendation,
  type StageJudgement,
} from '../src/contracts/api/recommendations.ts';
import { CANARY } from '../src/contracts/thresholds.ts';
import { openLiveUpdates, waitForCondition, waitForOptimizationComplete } from '../src/client/index.ts';
import { openInventory, type CloudInstance } from '../src/fixtures/index.ts';
import { heartbeating, type ActivityDependencies } from './context.ts';
import { createEvidenceLog, type EvidenceLog } from './evidence.ts';
import { isTimeout, windowWithRequests, type MeasuredWindow } from './measurements.ts';

const EXECUTION_DEADLINE_MS = 585_000;
const LAST_EVENT_DEADLINE_MS = 5_000;
const SETTLED_REQUESTS_DEADLINE_MS = 30_000;

/** Phase 6: the rollout followed to its end, then every claim of it looked up where it must show. */
export function createExecutionActivities(dependencies: ActivityDependencies): ExecutionActivities {
  const { harness } = dependencies;
  return {
    monitorExecution: ({ subject, optimizationId }) =>
      heartbeating(async (progress, signal) => {
        const client = harness.clientOf(subject.email);
        await using live = openLiveUpdates({
          baseUrl: harness.environment.urls.orchestrator,
          customerId: subject.customerId,
          accessToken: () => client.accessToken(),
          clock: harness.clock,
        });
        const optimization = await followToEnd(dependencies, subject, optimizationId, { progress, signal });
        await waitForLastEvent(dependencies, optimizationId, () => live.received());
        const log = createEvidenceLog(harness.clock);
        recordSteps(log, optimization);
        recordEvents(log, live.received(), optimization);
        const recommendations = await client.recommendations(subject.customerId);
        const recommendation = recommendations.find(({ id }) => id === optimization.recommendation_id);
        await recordCloud(dependencies, log, subject, optimization, recommendation);
        const settledAtMs = settledSince(optimization);
        await recordTrafficShares(
          dependencies,
          log,
          { subject, optimization, recommendation, settledAtMs },
          progress,
        );
        const audit = await client.verifyAudit(subject.customerId);
        log.record('audit.chain-valid', audit.valid, {
          unit: 'flag',
          source: 'GET /customers/{id}/audit/verify',
          sampleSize: audit.entries,
        });
        return {
          evidence: log.evidence,
          notes: describe(optimization),
          output: settledAtMs === null ? null : { settledAtMs },
        };
      }),
  };
}

async function followToEnd(
  { harness }: ActivityDependencies,
  subject: RunSubject,
  optimizationId: string,
  { progress, signal }: { progress: (details: unknown) => void; signal: AbortSignal },
): Promise<Optimization> {
  const client = harness.clientOf(subject.email);
  try {
    return await waitForOptimizationComplete(client, optimizationId, {
      clock: harness.clock,
      deadlineMs: EXECUTION_DEADLINE_MS,
      signal,
      onProgress: ({ status, execution_steps: steps }) =>
        progress({
          status,
          steps: steps.map((step) => ({ name: step.name, status: step.status })),
        } satisfies ExecutionProgress),
    });
  } catch (error) {
    // Still running after its time: the status says so, and the gate is red.
    if (isTimeout(error)) return client.optimization(optimizationId);
    throw error;
  }
}

/** Events travel behind the rows; the stream gets a moment to deliver the last one before it is judged. */
async function waitForLastEvent(
  { harness }: ActivityDependencies,
  optimizationId: string,
  received: () => readonly LiveEvent[],
): Promise<void> {
  const look = async () => {
    const last = received().find(({ type, data }) => type === 'optimization.status' && isEnd(data['status']));
    return last === undefined
      ? ({ done: false, observed: `${String(received().length)} events` } as const)
      : ({ done: true, value: last } as const);
  };
  try {
    await waitForCondition(look, {
      condition: `the last live event of ${optimizationId}`,
      deadlineMs: LAST_EVENT_DEADLINE_MS,
      intervalMs: 100,
      clock: harness.clock,
    });
  } catch (error) {
    if (!isTimeout(error)) throw error;
  }
}

function isEnd(status: unknown): boolean {
  return ['completed', 'failed', 'rolled_back', 'cancelled'].includes(String(status));
}

function recordSteps(log: EvidenceLog, optimization: Optimization): void {
  const source = 'GET /optimizations/{id}';
  const completed = optimization.execution_steps.filter(({ status }) => status === 'completed');
  log.record('optimization.status', optimization.status, { unit: 'text', source });
  log.record('optimization.reason', optimization.result?.reason ?? null, { unit: 'text', source });
  log.record(
    'optimization.completed-steps',
    completed.map(({ name }) => name),
    { unit: 'text', source },
  );
  log.record(
    'optimization.steps-carry-evidence',
    completed.length > 0 && completed.every(({ evidence }) => Object.keys(evidence).length > 0),
    { unit: 'flag', source, sampleSize: completed.length },
  );
}

function recordEvents(log: EvidenceLog, events: readonly LiveEvent[], optimization: Optimization): void {
  const ordered = events.every(({ sequence }, index) => sequence === index + 1);
  const ofSteps = (type: string): string[] =>
    events.filter((event) => event.type === type).map(({ data }) => String(data['step'] ?? data['name']));
  const started = ofSteps('optimization.step_started');
  const completed = ofSteps('optimization.step_completed');
  const expected = optimization.execution_steps
    .filter(({ status }) => status === 'completed')
    .map(({ name }) => name);
  const complete =
    expected.length > 0 && expected.every((name) => started.includes(name) && completed.includes(name));
  log.record('events.ordered-and-complete', ordered && complete, {
    unit: 'flag',
    source: 'WS /ws/customers/{id}',
    sampleSize: events.length,
  });
}

async function recordCloud(
  { harness }: ActivityDependencies,
  log: EvidenceLog,
  subject: RunSubject,
  optimization: Optimization,
  recommendation: Recommendation | undefined,
): Promise<void> {
  const inventory = await openInventory(harness, subject).then((witness) => witness.instances());
  const about = { unit: 'flag', source: 'EC2 DescribeInstances', sampleSize: inventory.length };
  const stateOf = (id: string): string =>
    inventory.find(({ instanceId }) => instanceId === id)?.state ?? 'absent';
  const plan = recommendation?.plan;
  const replaced = plan?.replace_instance_ids ?? [];
  const kept = plan?.keep_instance_ids ?? [];
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
  log.record('cloud.spot-nodes-running', plan !== undefined && spot.length === plan.spot_nodes.length, about);
}

function newNodes(inventory: readonly CloudInstance[], optimizationId: string): CloudInstance[] {
  return inventory.filter(
    ({ lifecycle, tags }) => lifecycle === 'spot' && tags['optiinfra:optimization'] === optimizationId,
  );
}

interface Rollout {
  readonly subject: RunSubject;
  readonly optimization: Optimization;
  readonly recommendation: Recommendation | undefined;
  readonly settledAtMs: number | null;
}

/** Shares of traffic by stage, counted in telemetry: what the record claims must be what requests did. */
async function recordTrafficShares(
  dependencies: ActivityDependencies,
  log: EvidenceLog,
  { subject, optimization, recommendation, settledAtMs }: Rollout,
  progress: (details: unknown) => void,
): Promise<void> {
  const inventory = await openInventory(dependencies.harness, subject).then((witness) => witness.instances());
  const isNew = new Set(newNodes(inventory, optimization.id).map(({ instanceId }) => instanceId));
  const retiring = new Set(recommendation?.plan.replace_instance_ids ?? []);
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

function worldTimeOf(
  optimization: Optimization,
  step: (typeof MIGRATION_STEPS)[number],
): MeasuredWindow | null {
  const found = optimization.execution_steps.find(({ name }) => name === step);
  const [start, end] = [found?.world_started_at ?? null, found?.world_finished_at ?? null];
  return start === null || end === null ? null : { startMs: Date.parse(start), endMs: Date.parse(end) };
}

/** World time since which all traffic is on the target fleet: where the soak of `full_migration` began. */
function settledSince(optimization: Optimization): number | null {
  const step = optimization.execution_steps.find(({ name }) => name === 'full_migration');
  const { window_started_at: since } = (step?.evidence ?? {}) as Partial<StageJudgement>;
  return step?.status === 'completed' && since !== undefined ? Date.parse(since) : null;
}

function describe(optimization: Optimization): string[] {
  const completed = optimization.execution_steps.filter(({ status }) => status === 'completed').length;
  return [
    `Optimization ${optimization.status}${optimization.result === null ? '' : `: ${optimization.result.reason}`}`,
    `${String(completed)} of ${String(MIGRATION_STEPS.length)} execution steps completed`,
  ];
}
