import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  isCancellation,
  setCurrentDetails,
} from '@temporalio/workflow';

import type { StepName } from '../../../contracts/api/recommendations.ts';
import type { StepEvidence, StepOfPlan, StepStart } from '../contract.ts';
import { quick } from './activity-proxies.ts';

/** A judgement or a check said no. Data, not a fault: the rollout turns back and says why. */
export class RolloutStopped extends Error {
  readonly evidence: StepEvidence;
  constructor(reason: string, evidence: StepEvidence) {
    super(reason);
    this.evidence = evidence;
  }
}

/**
 * Names what undoes a step; called before the step acts, so that half an action is undone too. What is `needed` by the
 * compensations before it ends the way back when it fails.
 */
export type RegisterUndo = (what: string, undo: () => Promise<unknown>, needed?: 'needed') => void;
export interface StepOutcome<T> {
  readonly value: T;
  readonly evidence: StepEvidence;
}

interface Undo {
  readonly what: string;
  readonly undo: () => Promise<unknown>;
  readonly needed: boolean;
}
interface Entry {
  readonly step: StepName;
  readonly start: StepStart;
  readonly undos: Undo[];
  completed: StepEvidence | null;
}

/** The saga: what was begun, how it is undone, and what the orchestrator was told of it. */
export class Journal {
  private readonly entries: Entry[] = [];
  private readonly optimizationId: string;
  private steps: readonly StepName[] = [];
  current: StepName | null = null;

  constructor(optimizationId: string) {
    this.optimizationId = optimizationId;
  }

  /** The steps of the plan, in order: each is reported with its place among them. */
  expect(steps: readonly StepName[]): void {
    this.steps = steps;
  }

  async step<T>(step: StepName, work: (undo: RegisterUndo) => Promise<StepOutcome<T>>): Promise<T> {
    this.current = step;
    setCurrentDetails(`**executing** at \`${step}\``);
    const start = await quick.beginStep.executeWithOptions({ summary: `begin ${step}` }, [this.placed(step)]);
    const entry: Entry = { step, start, undos: [], completed: null };
    this.entries.push(entry);
    try {
      const { value, evidence } = await work((what, undo, needed) =>
        entry.undos.push({ what, undo, needed: needed !== undefined }),
      );
      await this.end(entry, 'completed', evidence);
      entry.completed = evidence;
      return value;
    } catch (error) {
      const evidence = error instanceof RolloutStopped ? error.evidence : {};
      await CancellationScope.nonCancellable(() =>
        this.end(entry, 'failed', { ...evidence, reason: reasonOf(error) }),
      );
      throw error;
    }
  }

  /** What a way back would undo, newest first. */
  get undoable(): readonly string[] {
    return this.entries
      .toReversed()
      .flatMap(({ undos, step }) => undos.toReversed().map(({ what }) => `${step}: ${what}`));
  }

  /**
   * Undoes newest first. A compensation that fails does not keep the others from running, unless they need what it should
   * have brought, or the deployment has passed into other hands.
   */
  async undoAll(): Promise<readonly string[]> {
    const problems: string[] = [];
    for (const entry of this.entries.toReversed()) {
      if (entry.undos.length === 0) continue;
      const undone: string[] = [];
      for (const { what, undo, needed } of entry.undos.toReversed()) {
        try {
          await undo();
          undone.push(what);
        } catch (error) {
          problems.push(`could not ${what}: ${reasonOf(error)}`);
          if (needed || lostLease(error)) return problems;
        }
      }
      if (entry.completed !== null && undone.length === entry.undos.length) {
        await this.end(entry, 'rolled_back', { ...entry.completed, undone });
      }
    }
    return problems;
  }

  private placed(step: StepName): StepOfPlan {
    return { optimizationId: this.optimizationId, step, order: this.steps.indexOf(step) + 1 };
  }

  private async end(
    { step, start }: Entry,
    status: 'completed' | 'failed' | 'rolled_back',
    evidence: StepEvidence,
  ): Promise<void> {
    const report = { ...this.placed(step), start, status, evidence };
    await quick.endStep.executeWithOptions({ summary: `${status} ${step}` }, [report]);
  }
}

/** What a person reads: the cause an activity gave, not that an activity failed. */
export function reasonOf(error: unknown): string {
  if (isCancellation(error)) return 'cancelled';
  if (error instanceof ActivityFailure && error.cause !== undefined) return reasonOf(error.cause);
  if (error instanceof ApplicationFailure && error.type !== undefined && error.type !== null) {
    return `${error.type}: ${error.message}`;
  }
  return error instanceof Error ? error.message : String(error);
}

/** Another optimization holds the deployment: whatever this one still did would act behind its back. */
export function lostLease(error: unknown): boolean {
  if (error instanceof ActivityFailure) return lostLease(error.cause);
  return error instanceof ApplicationFailure && error.type === 'STALE_LEASE';
}
