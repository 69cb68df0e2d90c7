import { ApplicationFailure, CancellationScope, isCancellation, ActivityFailure } from '@temporalio/workflow';

import type { MigrationStep } from '../../../contracts/api/recommendations.ts';
import type { StepEvidence, StepStart } from '../contract.ts';
import { quick } from './activity-proxies.ts';

/** A judgement or a check said no. Data, not a fault: the rollout turns back and says why. */
export class RolloutStopped extends Error {
  readonly evidence: StepEvidence;
  constructor(reason: string, evidence: StepEvidence) {
    super(reason);
    this.evidence = evidence;
  }
}

/** Names what undoes a step; called before the step acts, so that half an action is undone too. */
export type RegisterUndo = (what: string, undo: () => Promise<unknown>) => void;
export interface StepOutcome<T> {
  readonly value: T;
  readonly evidence: StepEvidence;
}

interface Entry {
  readonly step: MigrationStep;
  readonly start: StepStart;
  readonly undos: { readonly what: string; readonly undo: () => Promise<unknown> }[];
  completed: StepEvidence | null;
}

/** The saga: what was begun, how it is undone, and what the orchestrator was told of it. */
export class Journal {
  private readonly entries: Entry[] = [];
  private readonly optimizationId: string;
  current: MigrationStep | null = null;

  constructor(optimizationId: string) {
    this.optimizationId = optimizationId;
  }

  async step<T>(step: MigrationStep, work: (undo: RegisterUndo) => Promise<StepOutcome<T>>): Promise<T> {
    this.current = step;
    const start = await quick.beginStep.executeWithOptions({ summary: `begin ${step}` }, [
      { optimizationId: this.optimizationId, step },
    ]);
    const entry: Entry = { step, start, undos: [], completed: null };
    this.entries.push(entry);
    try {
      const { value, evidence } = await work((what, undo) => entry.undos.push({ what, undo }));
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

  /** Undoes newest first. A compensation that fails for good does not keep the others from running. */
  async undoAll(): Promise<readonly string[]> {
    const problems: string[] = [];
    for (const entry of this.entries.toReversed()) {
      if (entry.undos.length === 0) continue;
      const undone: string[] = [];
      for (const { what, undo } of entry.undos.toReversed()) {
        try {
          await undo();
          undone.push(what);
        } catch (error) {
          problems.push(`could not ${what}: ${reasonOf(error)}`);
        }
      }
      if (entry.completed !== null && undone.length === entry.undos.length) {
        await this.end(entry, 'rolled_back', { ...entry.completed, undone });
      }
    }
    return problems;
  }

  private async end(
    { step, start }: Entry,
    status: 'completed' | 'failed' | 'rolled_back',
    evidence: StepEvidence,
  ): Promise<void> {
    const report = { optimizationId: this.optimizationId, step, start, status, evidence };
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
