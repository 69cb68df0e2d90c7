import { OptiInfraError, describeError } from '../../../support/errors.ts';

/** What Compute Engine calls a zone that has no room. */
const NO_CAPACITY = new Set([
  'ZONE_RESOURCE_POOL_EXHAUSTED',
  'ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS',
  'STOCKOUT',
  'QUOTA_EXCEEDED',
]);

interface OperationError {
  readonly code?: string | null;
  readonly message?: string | null;
}

/** An operation that was accepted and then failed. */
export function translateGcpOperation(action: string, { code, message }: OperationError): OptiInfraError {
  const text = `GCP ${action}: ${code ?? 'unknown'}: ${message ?? ''}`;
  return new OptiInfraError(NO_CAPACITY.has(code ?? '') ? 'NO_SPOT_CAPACITY' : 'CLOUD_REFUSED', text);
}

/** GCP's refusals in our words: no room, try again, or no. */
export function translateGcpError(action: string, error: unknown): OptiInfraError {
  if (error instanceof OptiInfraError) return error;
  const message = `GCP ${action}: ${describeError(error)}`;
  const status = statusOf(error);
  const away = status === null || status === 429 || status >= 500;
  return new OptiInfraError(away ? 'DEPENDENCY_UNAVAILABLE' : 'CLOUD_REFUSED', message, { cause: error });
}

/** The HTTP status, as client or auth library note it; null when nobody answered. */
export function statusOf(error: unknown): number | null {
  const { httpStatusCode, status } = (error ?? {}) as { httpStatusCode?: unknown; status?: unknown };
  const known = [httpStatusCode, status].map(Number).find((number) => number >= 400 && number < 600);
  return known ?? null;
}
