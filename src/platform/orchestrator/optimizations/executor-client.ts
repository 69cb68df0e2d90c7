import { OptiInfraError } from '../../../support/errors.ts';
import type { OrchestratorServices } from '../services.ts';

const TIME_LIMIT_MS = 5_000;

/**
 * One call to the executor's executions.
 * @throws OptiInfraError `DEPENDENCY_UNAVAILABLE` when it is away or fails, `INVALID_STATE` when it refuses.
 */
export async function callExecutor(
  services: Pick<OrchestratorServices, 'executorUrl' | 'serviceKey'>,
  path: string,
  body: unknown,
): Promise<void> {
  const response = await fetch(new URL(`/executions${path}`, services.executorUrl), {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${services.serviceKey}` },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(TIME_LIMIT_MS),
  }).catch((error: unknown) => {
    throw new OptiInfraError('DEPENDENCY_UNAVAILABLE', 'The executor does not answer.', { cause: error });
  });
  const text = await response.text();
  if (response.ok) return;
  const refused = response.status === 404 || response.status === 409;
  throw new OptiInfraError(
    refused ? 'INVALID_STATE' : 'DEPENDENCY_UNAVAILABLE',
    `The executor answered ${String(response.status)}: ${text.slice(0, 300)}`,
  );
}
