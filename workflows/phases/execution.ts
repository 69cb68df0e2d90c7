import type { ExecutionEnd, RunSubject, StateSnapshot } from '../../src/contracts/activities.ts';
import type { StepAction } from '../../src/contracts/runs.ts';
import type { WorldAction } from '../../src/contracts/world-actions.ts';
import type { ScenarioRun } from '../support/run-scenario.ts';
import type { At } from './at.ts';

export interface Execution {
  readonly subject: RunSubject;
  readonly optimizationId: string;
  /** What the scenario does to the world on the way, each at its step; `--fault PHASE@STEP` adds to it. */
  readonly actions?: readonly StepAction[];
  /** What its evidence is called, in a scenario with more than one; `optimization` unless told. */
  readonly as?: string;
}

/** Follows an optimization to its end, whichever it is; the gates say which is expected. */
export async function followExecution(
  run: ScenarioRun,
  { phase, gates }: At,
  { subject, optimizationId, actions = [], as }: Execution,
): Promise<ExecutionEnd> {
  const all = [...actions, ...run.stepActions(phase)];
  return run.phase(
    phase,
    (call) =>
      call('longWait').monitorExecution({
        subject,
        optimizationId,
        actions: all,
        ...(as === undefined ? {} : { as }),
      }),
    gates,
  );
}

/** The same for one that must complete: the phase cannot pass without the time since which the fleet serves as planned. */
export async function followToCompletion(
  run: ScenarioRun,
  { phase, gates }: At,
  { subject, optimizationId, actions = [], as }: Execution,
): Promise<{ readonly settledAtMs: number }> {
  const all = [...actions, ...run.stepActions(phase)];
  return run.phase(
    phase,
    async (call) => {
      const seen = await call('longWait').monitorExecution({
        subject,
        optimizationId,
        actions: all,
        ...(as === undefined ? {} : { as }),
      });
      const settledAtMs = seen.output?.settledAtMs ?? null;
      return { ...seen, output: settledAtMs === null ? null : { settledAtMs } };
    },
    gates,
  );
}

/** World and cloud as they are now, to be compared with later. */
export async function takeSnapshot(
  run: ScenarioRun,
  { phase, gates }: At,
  subject: RunSubject,
  /** Done to the world right after the reading. */
  then: WorldAction | null = null,
): Promise<StateSnapshot> {
  return run.phase(
    phase,
    async (call) => {
      const seen = await call('probe').takeSnapshot({ subject });
      if (then === null) return seen;
      const done = await call('mutate').act({ subject, name: then.kind, action: then });
      return {
        evidence: [...seen.evidence, ...done.evidence],
        notes: [...seen.notes, ...done.notes],
        output: seen.output,
      };
    },
    gates,
  );
}

/** World and cloud read again, by the harness itself. */
export async function verifyRestored(
  run: ScenarioRun,
  { phase, gates }: At,
  compared: { readonly subject: RunSubject; readonly snapshot: StateSnapshot },
): Promise<void> {
  await run.phase(phase, (call) => call('probe').compareWithSnapshot(compared), gates);
}

export async function verifyAudit(
  run: ScenarioRun,
  { phase, gates }: At,
  told: {
    readonly subject: RunSubject;
    readonly recommendationId: string;
    readonly optimizationId: string;
  },
): Promise<void> {
  await run.phase(phase, (call) => call('probe').readAudit(told), gates);
}
