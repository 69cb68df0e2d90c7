import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';

import {
  createWorldClient,
  openDatabase,
  openPatterns,
  openTelemetry,
  type DatabaseWitness,
  type Harness,
  type PatternWitness,
  type TelemetryWitness,
  type WorldClient,
} from '../src/fixtures/index.ts';
import { connectRunHistory, type RunHistory } from '../src/reporting/history/run-history.ts';
import { OptiInfraError, describeError } from '../src/support/errors.ts';

/** What the activity factories close over; the worker makes it once. */
export interface ActivityDependencies {
  readonly harness: Harness;
  readonly world: WorldClient;
  readonly database: DatabaseWitness;
  readonly telemetry: TelemetryWitness;
  readonly patterns: PatternWitness;
  readonly history: RunHistory & AsyncDisposable;
  /** `.e2e`, where runs and evidence are kept. */
  readonly stateDirectory: string;
}

export function createActivityDependencies(harness: Harness, stateDirectory: string): ActivityDependencies {
  return {
    harness,
    world: createWorldClient(harness.environment.urls.world),
    database: openDatabase(harness),
    telemetry: openTelemetry(harness),
    patterns: openPatterns(harness),
    history: connectRunHistory(harness.environment.urls.clickhouse),
    stateDirectory,
  };
}

/**
 * Unique to the attempt of the run, the same for every try of an activity: what is asked for with a key made of it is
 * done once an attempt, and a re-run does not get the answer of the attempt before it.
 */
export function attemptKey(): string {
  const { workflowExecution } = Context.current().info;
  if (workflowExecution === undefined) throw new Error('an activity of no run has no attempt');
  return workflowExecution.runId;
}

const BEAT_MS = 500;

/**
 * Shows that the activity lives while `work` runs, with the last thing `progress` was told. A cancelled activity ends
 * at once; `signal` tells its work, which would otherwise go on looking.
 */
export async function heartbeating<T>(
  work: (progress: (details: unknown) => void, signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const context = Context.current();
  let details: unknown = null;
  const beat = setInterval(() => context.heartbeat(details), BEAT_MS);
  try {
    return await Promise.race([
      work((next) => {
        details = next;
        context.heartbeat(details);
      }, context.cancellationSignal),
      context.cancelled,
    ]);
  } finally {
    clearInterval(beat);
  }
}

type Activities<T> = {
  [K in keyof T]: T[K] extends (input: infer I) => Promise<infer O> ? (input: I) => Promise<O> : never;
};

/**
 * Our errors become Temporal's with their code as type, so that the retry policy can tell infrastructure (retried)
 * from a wrong environment (not). Anything else is a fault of ours and is retried as infrastructure too.
 */
export function translatingErrors<T extends object>(activities: Activities<T>): Activities<T> {
  const wrapped = Object.entries(activities).map(([name, run]) => [
    name,
    async (input: unknown) => {
      try {
        return await (run as (input: unknown) => Promise<unknown>)(input);
      } catch (error) {
        if (!(error instanceof OptiInfraError)) throw error;
        throw ApplicationFailure.create({ type: error.code, message: describeError(error), cause: error });
      }
    },
  ]);
  return Object.fromEntries(wrapped) as Activities<T>;
}
