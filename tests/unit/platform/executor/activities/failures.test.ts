import { ApplicationFailure } from '@temporalio/common';
import { expect, test } from 'vitest';

import type { ErrorCode } from '../../../../../src/contracts/errors.ts';
import { withFailures } from '../../../../../src/platform/executor/activities/failures.ts';
import { translateAwsError } from '../../../../../src/platform/executor/cloud/aws-errors.ts';
import { OptiInfraError } from '../../../../../src/support/errors.ts';

async function failureOf(error: unknown): Promise<unknown> {
  const { act } = withFailures({ act: () => Promise.reject(error as Error) });
  return act().catch((failure: unknown) => failure);
}

test.each<[ErrorCode, boolean]>([
  ['DEPENDENCY_UNAVAILABLE', false],
  ['RATE_LIMITED', false],
  ['INTERNAL', false],
  ['INVALID_STATE', true],
  ['NO_SPOT_CAPACITY', true],
  ['CLOUD_REFUSED', true],
  ['WAIT_TIMEOUT', true],
  ['NOT_FOUND', true],
])('%s is final: %s', async (code, nonRetryable) => {
  const failure = await failureOf(new OptiInfraError(code, 'what happened'));
  expect(failure).toBeInstanceOf(ApplicationFailure);
  expect(failure).toMatchObject({ type: code, nonRetryable, message: 'what happened' });
});

test('an error we do not know stays as it is, and Temporal tries again', async () => {
  const error = new TypeError('surprise');
  expect(await failureOf(error)).toBe(error);
});

const awsError = (name: string, httpStatusCode?: number): Error =>
  Object.assign(new Error('from EC2'), { name, $metadata: { httpStatusCode } });

test.each([
  [awsError('InsufficientInstanceCapacity', 500), 'NO_SPOT_CAPACITY'],
  [awsError('RequestLimitExceeded', 503), 'DEPENDENCY_UNAVAILABLE'],
  [awsError('Whatever', 502), 'DEPENDENCY_UNAVAILABLE'],
  [awsError('ECONNREFUSED'), 'DEPENDENCY_UNAVAILABLE'],
  [awsError('UnauthorizedOperation', 403), 'CLOUD_REFUSED'],
])('%o is %s', (error, code) => {
  expect(translateAwsError('RunInstances', error).code).toBe(code);
});
