import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/workflow';

/** What ends a run although neither an activity nor the scenario is at fault; its message is meant for people. */
export class RunObstacle extends Error {}

/** An error as the report shows it: the code of an activity's failure, or that the scenario itself is at fault. */
export function reasonOf(error: unknown): string {
  if (error instanceof RunObstacle) return error.message;
  if (!(error instanceof ActivityFailure)) return `fault of the scenario: ${String(error)}`;
  const { cause } = error;
  if (cause instanceof ApplicationFailure) return `${cause.type ?? 'error'}: ${cause.message}`;
  if (cause instanceof TimeoutFailure) return `no answer in time (${cause.timeoutType})`;
  return cause?.message ?? error.message;
}
