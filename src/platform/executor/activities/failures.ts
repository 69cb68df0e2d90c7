import { ApplicationFailure } from '@temporalio/common';

import type { ErrorCode } from '../../../contracts/errors.ts';
import { OptiInfraError, describeError } from '../../../support/errors.ts';

/** Infrastructure that may come back. Everything else is a state or a refusal that another try would meet again. */
const RETRYABLE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'DEPENDENCY_UNAVAILABLE',
  'RATE_LIMITED',
  'INTERNAL',
]);

/** An activity's error as Temporal should treat it: type = our code, retried only when trying again can help. */
function toFailure(error: unknown): unknown {
  if (!(error instanceof OptiInfraError)) return error;
  return ApplicationFailure.create({
    message: describeError(error),
    type: error.code,
    nonRetryable: !RETRYABLE.has(error.code),
    details: [error.details],
  });
}

/** Wraps every activity so that its errors leave in Temporal's form. */
export function withFailures<T extends object>(activities: T): T {
  const wrapped = Object.entries(activities).map(([name, run]) => [
    name,
    async (...input: unknown[]): Promise<unknown> => {
      try {
        return await (run as (...input: unknown[]) => Promise<unknown>)(...input);
      } catch (error) {
        throw toFailure(error);
      }
    },
  ]);
  return Object.fromEntries(wrapped) as T;
}
