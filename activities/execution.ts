import { Context } from '@temporalio/activity';

import type {
  ExecutionActivities,
  ExecutionEnd,
  ExecutionProgress,
  RunSubject,
  TakenAction,
} from '../src/contracts/activities.ts';
import type { LiveEvent } from '../src/contracts/api/events.ts';
import type { ExecutionStep, Optimization, StageJudgement } from '../src/contracts/api/recommendations.ts';
import type { StepAction } from '../src/contracts/runs.ts';
import { openLiveUpdates, waitForCondition, waitForOptimizationComplete } from '../src/client/index.ts';
import { heartbeating, type ActivityDependencies } from './context.ts';
import { createEvidenceLog, type EvidenceLog } from './evidence.ts';
import { areOrderedAndComplete } from './live-events.ts';
import { isTimeout } from './measurements.ts';
import { inspectConfigurationRollout } from './configuration-inspection.ts';
import { inspectMigration } from './migration-inspection.ts';
import { recordDetection } from './rollback-detection.ts';
import { createActionTaker, type ActionTaker } from './step-actions.ts';

const EXECUTION_DEADLINE_MS = 585_000;
const LAST_EVENT_DEADLINE_MS = 5_000;

/** The optimization followed to its end, whatever it carries out, then every claim of it looked up where it must show. */
export function createExecutionActivities(dependencies: ActivityDependencies): ExecutionActivities {
  const { harness } = dependencies;
  return {
    monitorExecution: ({ subject, optimizationId, actions, as = 'optimization' }) =>
      heartbeating(async (progress, signal) => {
        const client = harness.clientOf(subject.email);
        await using live = openLiveUpdates({
          baseUrl: harness.environment.urls.orchestrator,
          customerId: subject.customerId,
          accessToken: () => client.accessToken(),
          clock: harness.clock,
        });
        const taker = createActionTaker(dependencies, subject, actions, takenBefore());
        const optimization = await followToEnd(
          dependencies,
          { subject, optimizationId, taker },
          { progress, signal },
        );
        await waitForLastEvent(dependencies, optimizationId, () => live.received());
        const log = createEvidenceLog(harness.clock);
        recordSteps(log, optimization, as);
        recordActions(log, actions, taker.taken());
        recordEvents(log, live.received(), optimization);
        const { plan } = await client.recommendation(optimization.recommendation_id);
        const settledAtMs = settledSince(optimization);
        if (plan.kind === 'spot_migration')
          await inspectMigration(dependencies, log, { subject, optimization, plan, settledAtMs }, progress);
        if (plan.kind === 'configuration_change')
          await inspectConfigurationRollout(dependencies, log, { subject, optimization, plan });
        const detection = await recordDetection(dependencies, log, { subject, optimization });
        const audit = await client.verifyAudit(subject.customerId);
        log.record('audit.chain-valid', audit.valid, {
          unit: 'flag',
          source: 'GET /customers/{id}/audit/verify',
          sampleSize: audit.entries,
        });
        const output: ExecutionEnd = { status: optimization.status, settledAtMs, ...durations(optimization) };
        log.record(`${as}.world-seconds`, output.worldMs === null ? null : output.worldMs / 1000, {
          unit: 's of world time',
          source: 'GET /optimizations/{id}',
        });
        return {
          evidence: log.evidence,
          notes: [...describe(optimization, actions, taker.taken()), ...detection],
          output,
        };
      }),
  };
}

/** What an attempt before this one had done when its worker was killed. */
function takenBefore(): readonly TakenAction[] {
  const details = Context.current().info.heartbeatDetails as Partial<ExecutionProgress> | undefined;
  return details?.taken ?? [];
}

interface Followed {
  readonly subject: RunSubject;
  readonly optimizationId: string;
  readonly taker: ActionTaker;
}

async function followToEnd(
  { harness }: ActivityDependencies,
  { subject, optimizationId, taker }: Followed,
  { progress, signal }: { progress: (details: unknown) => void; signal: AbortSignal },
): Promise<Optimization> {
  const client = harness.clientOf(subject.email);
  const show = ({ status, execution_steps: steps }: Optimization): void =>
    progress({
      status,
      steps: steps.map((step) => ({ name: step.name, status: step.status })),
      taken: taker.taken(),
    } satisfies ExecutionProgress);
  try {
    return await waitForOptimizationComplete(client, optimizationId, {
      clock: harness.clock,
      deadlineMs: EXECUTION_DEADLINE_MS,
      signal,
      onProgress: async (optimization) => {
        await taker.look(optimization);
        show(optimization);
      },
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

function recordSteps(log: EvidenceLog, optimization: Optimization, as: string): void {
  const source = 'GET /optimizations/{id}';
  const completed = optimization.execution_steps.filter(({ status }) => status === 'completed');
  log.record(`${as}.status`, optimization.status, { unit: 'text', source });
  log.record(`${as}.reason`, optimization.result?.reason ?? null, { unit: 'text', source });
  log.record(
    `${as}.completed-steps`,
    completed.map(({ name }) => name),
    { unit: 'text', source },
  );
  log.record(
    `${as}.steps-carry-evidence`,
    completed.length > 0 && completed.every(({ evidence }) => Object.keys(evidence).length > 0),
    { unit: 'flag', source, sampleSize: completed.length },
  );
  const undone = optimization.execution_steps.filter(({ status }) => status === 'rolled_back');
  log.record(
    `${as}.rolled-back-steps`,
    undone.map(({ name }) => name),
    { unit: 'text', source },
  );
  const failed = optimization.execution_steps.find(({ status }) => status === 'failed');
  log.record(`${as}.failed-step`, failed?.name ?? 'none', { unit: 'text', source });
  log.record(`${as}.restored`, optimization.result?.original_state_restored ?? null, {
    unit: 'flag',
    source,
  });
  log.record(`${as}.differences`, optimization.result?.differences ?? null, { unit: 'text', source });
}

/** Each action, where it was bound to and when it was taken; one that never came is named too. */
function recordActions(
  log: EvidenceLog,
  planned: readonly StepAction[],
  taken: readonly TakenAction[],
): void {
  const source = 'the harness, by GET /optimizations/{id}';
  log.record('actions.planned', planned.length, { unit: 'count', source });
  log.record('actions.taken', taken.length, { unit: 'count', source });
  const struck = taken.flatMap((each) => each.struck);
  log.record('actions.struck-nodes', struck.length, { unit: 'count', source: 'the world' });
  planned.forEach(({ at, action }, index) => {
    const done = taken.find((each) => each.index === index);
    const when = done === undefined ? 'never' : new Date(done.atWorldMs).toISOString();
    log.record(
      `actions.${String(index + 1)}`,
      [action.kind, `${at.name} ${at.when}`, when, ...(done?.struck ?? [])],
      { unit: 'text', source },
    );
  });
}

function recordEvents(log: EvidenceLog, events: readonly LiveEvent[], optimization: Optimization): void {
  log.record('events.ordered-and-complete', areOrderedAndComplete(events, optimization.execution_steps), {
    unit: 'flag',
    source: 'WS /ws/customers/{id}',
    sampleSize: events.length,
  });
}

/** World time since which the fleet serves as at the end: the last window that was judged, else the last step's end. */
function settledSince(optimization: Optimization): number | null {
  const completed = optimization.execution_steps.filter(({ status }) => status === 'completed');
  const judged = completed.map(windowStart).filter((each) => each !== null);
  const ends = completed.map((step) => step.world_finished_at).filter((each) => each !== null);
  const since = judged.at(-1) ?? ends.at(-1);
  return since === undefined ? null : Date.parse(since);
}

function windowStart(step: ExecutionStep): string | null {
  const { window_started_at: since } = step.evidence as Partial<StageJudgement>;
  return since ?? null;
}

/** From the first step's start to the end, in both times; null while a step's times are unknown. */
function durations({ execution_steps: steps, started_at: start, finished_at: end }: Optimization): {
  wallMs: number | null;
  worldMs: number | null;
} {
  const starts = steps.flatMap((step) =>
    step.world_started_at === null ? [] : [Date.parse(step.world_started_at)],
  );
  const ends = steps.flatMap((step) =>
    step.world_finished_at === null ? [] : [Date.parse(step.world_finished_at)],
  );
  return {
    wallMs: start === null || end === null ? null : Date.parse(end) - Date.parse(start),
    worldMs: starts.length === 0 || ends.length === 0 ? null : Math.max(...ends) - Math.min(...starts),
  };
}

function describe(
  optimization: Optimization,
  planned: readonly StepAction[],
  taken: readonly TakenAction[],
): string[] {
  const steps = optimization.execution_steps;
  const completed = steps.filter(({ status }) => status === 'completed').length;
  return [
    `Optimization ${optimization.status}${optimization.result === null ? '' : `: ${optimization.result.reason}`}`,
    `${String(completed)} of ${String(steps.length)} execution steps completed`,
    ...taken.map(({ index, struck }) => {
      const { at, action } = planned[index] as StepAction;
      return `${action.kind} when ${at.name} had ${at.when}${struck.length === 0 ? '' : `: ${struck.join(', ')}`}`;
    }),
  ];
}
