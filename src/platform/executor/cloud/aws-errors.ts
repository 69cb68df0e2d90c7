import { OptiInfraError, describeError } from '../../../support/errors.ts';

/** What EC2 calls a pool that has no room, at any of its levels. */
const NO_CAPACITY = new Set([
  'InsufficientInstanceCapacity',
  'InsufficientCapacity',
  'MaxSpotInstanceCountExceeded',
  'SpotMaxPriceTooLow',
  'UnfulfillableCapacity',
  'Unsupported',
]);
const TRANSIENT = new Set([
  'RequestLimitExceeded',
  'Throttling',
  'ThrottlingException',
  'ServiceUnavailable',
  'InternalError',
  'Unavailable',
]);

/** EC2's refusals in our words: no room, try again, or no. */
export function translateAwsError(action: string, error: unknown): OptiInfraError {
  const name = error instanceof Error ? error.name : 'unknown';
  const message = `EC2 ${action}: ${name}: ${describeError(error)}`;
  if (NO_CAPACITY.has(name)) return new OptiInfraError('NO_SPOT_CAPACITY', message, { cause: error });
  if (TRANSIENT.has(name) || !answered(error)) {
    return new OptiInfraError('DEPENDENCY_UNAVAILABLE', message, { cause: error });
  }
  return new OptiInfraError('CLOUD_REFUSED', message, { cause: error });
}

/** The SDK notes the HTTP status of an answer; without one, or with a 5xx, the endpoint is away. */
function answered(error: unknown): boolean {
  const metadata = (error as { $metadata?: { httpStatusCode?: number } } | null)?.$metadata;
  return metadata?.httpStatusCode !== undefined && metadata.httpStatusCode < 500;
}
