import { condition, defineUpdate, setHandler } from '@temporalio/workflow';

import {
  fixtureIdOf,
  RERUN_UPDATE,
  type AttemptRecord,
  type RerunOrder,
} from '../../src/contracts/attempts.ts';
import type { RunState, ScenarioInput, Verdict } from '../../src/contracts/runs.ts';
import type { ScenarioDefinition } from '../../src/contracts/scenarios/index.ts';
import { malformedOrder } from './rerun-order.ts';
import { takeReset, wasReset } from './reset-point.ts';
import { RunObstacle } from './reasons.ts';
import type { RunRecorder } from './run-recorder.ts';
import { timestamp } from './time.ts';

const rerunUpdate = defineUpdate<string, [RerunOrder]>(RERUN_UPDATE);

/** The command orders right after its reset; nobody else resets a run without meaning it. */
const ORDER_DEADLINE_MS = 30_000;

export interface Attempts {
  /** Has the history been reset since an attempt began? */
  isReset(): boolean;
  /**
   * To be called before anything that a re-run may begin with. Returns at once unless the history was reset since the
   * last call: then it waits for the order, and the attempt that was ordered begins.
   */
  beginIfReset(): Promise<'same' | 'anew'>;
  /** Under which id this attempt makes customers. */
  fixtureId(): string;
  /** Closes the row of the present attempt, when there is more than one. */
  close(verdict: Verdict): void;
}

export function createAttempts(recorder: RunRecorder, definition: ScenarioDefinition): Attempts {
  let order: RerunOrder | null = null;
  let fixtureId = fixtureIdOf(recorder.state().runId, 1);
  setHandler(
    rerunUpdate,
    (ordered) => {
      order = ordered;
      return `attempt ${String(ordered.attempt)} begins at ${ordered.fromPhase}`;
    },
    {
      description:
        'Order of the attempt that a reset begins: {attempt, fromPhase, settings, by, reason, earlier}',
      validator: (ordered) => {
        if (order !== null)
          throw new Error(`attempt ${String(order.attempt)} is ordered already by ${order.by}`);
        if (!wasReset()) throw new Error('the run was not reset: `e2e rerun` does that before it orders');
        const wrong = malformedOrder(ordered, definition, recorder.state());
        if (wrong !== null) throw new Error(wrong);
      },
    },
  );
  return {
    isReset: wasReset,
    beginIfReset: async () => {
      if (!wasReset()) return 'same';
      const before = recorder.state();
      const inTime = await condition(() => order !== null, ORDER_DEADLINE_MS);
      takeReset();
      const began = inTime ? order : null;
      order = null;
      begin(recorder, began);
      if (began === null) throw new RunObstacle(NOBODY_ORDERED);
      const wrong = malformedOrder(began, definition, before) ?? notNext(began, before);
      if (wrong !== null) throw new RunObstacle(`the order does not fit the reset: ${wrong}`);
      if (before.phases.every(({ status }) => status === 'pending')) {
        fixtureId = fixtureIdOf(before.runId, began.attempt);
      }
      return 'anew';
    },
    fixtureId: () => fixtureId,
    close: (verdict) => closeLast(recorder, verdict),
  };
}

const NOBODY_ORDERED = `the run was reset, but nobody ordered an attempt within ${String(ORDER_DEADLINE_MS / 1000)} s: use \`e2e rerun\``;

/** By now every phase before the one ordered must have ended; the validator may have looked a moment too early for that. */
function notNext({ fromPhase }: RerunOrder, { phases }: RunState): string | null {
  const next = phases.find(({ status }) => status !== 'finished')?.name ?? 'none';
  return next === fromPhase ? null : `the next phase is ${next}`;
}

function begin(recorder: RunRecorder, order: RerunOrder | null): void {
  const state = recorder.state();
  const earlier = order?.earlier ?? state.attempts ?? [firstOf(state)];
  const attempt = order?.attempt ?? earlier.length + 1;
  const row: AttemptRecord = {
    attempt,
    order: order === null ? null : withoutEarlier(order),
    startedAt: timestamp(),
    finishedAt: null,
    verdict: null,
    redPhase: null,
    temporalRunId: state.temporal.workflowRunId,
  };
  recorder.update({ attempt, attempts: [...earlier, row], input: inputOf(state.input, order) });
}

/** Where nobody told: the reset has cut off how it ended. */
function firstOf(state: RunState): AttemptRecord {
  return {
    attempt: 1,
    order: null,
    startedAt: state.startedAt,
    finishedAt: null,
    verdict: null,
    redPhase: null,
    temporalRunId: '',
  };
}

function withoutEarlier({ earlier: _earlier, ...order }: RerunOrder): Omit<RerunOrder, 'earlier'> {
  return order;
}

function inputOf(input: ScenarioInput, order: RerunOrder | null): ScenarioInput {
  if (order === null) return input;
  return {
    ...input,
    settings: { ...input.settings, ...order.settings },
    faults: order.faults ?? input.faults,
  };
}

function closeLast(recorder: RunRecorder, verdict: Verdict): void {
  const { attempts, phases } = recorder.state();
  const last = attempts?.at(-1);
  if (attempts === undefined || last === undefined) return;
  const red = phases.find((phase) => phase.verdict !== null && phase.verdict !== 'passed');
  recorder.update({
    attempts: [
      ...attempts.slice(0, -1),
      { ...last, finishedAt: timestamp(), verdict, redPhase: red?.name ?? null },
    ],
  });
}
