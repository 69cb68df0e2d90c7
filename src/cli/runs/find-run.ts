import type { WorkflowHandle } from '@temporalio/client';

import { OptiInfraError } from '../../support/errors.ts';
import { resolveInTemporal } from './known-runs.ts';
import type { TemporalConnection } from './temporal.ts';

/**
 * The run that is meant by an id, a beginning or `last`, in its latest attempt.
 * @throws OptiInfraError `UNKNOWN_RUN`; `USAGE` for a suite, which is neither decided on nor begun again
 */
export async function findRun({ client }: TemporalConnection, typed: string): Promise<WorkflowHandle> {
  const { kind, id, workflowId } = await resolveInTemporal(client, typed);
  if (kind === 'run') return client.workflow.getHandle(workflowId);
  throw new OptiInfraError('USAGE', `${id} is a suite; this is for one of its runs`, {
    hint: `\`e2e show ${id}\` lists its runs.`,
  });
}
