import type { WorkflowHandle } from '@temporalio/client';

import { workflowIdOf } from '../../contracts/runs.ts';
import { OptiInfraError } from '../../support/errors.ts';
import type { TemporalConnection } from './temporal.ts';

const ID = /^[A-Za-z0-9-]+$/;
const SHOWN = 4;

/**
 * The run of this id, or the only one whose id begins so, in its latest attempt.
 * @throws OptiInfraError `UNKNOWN_RUN`, also when several begin so
 */
export async function findRun({ client }: TemporalConnection, word: string): Promise<WorkflowHandle> {
  const ids = ID.test(word) ? await idsBeginningWith(client, word) : [];
  const [only] = ids;
  if (ids.includes(word)) return client.workflow.getHandle(workflowIdOf(word));
  if (only === undefined) {
    throw new OptiInfraError('UNKNOWN_RUN', `no run ${word} in this environment`, {
      hint: '`e2e show` lists the runs there are.',
    });
  }
  if (ids.length === 1) return client.workflow.getHandle(workflowIdOf(only));
  const more = ids.length > SHOWN ? `, and ${String(ids.length - SHOWN)} more` : '';
  throw new OptiInfraError('UNKNOWN_RUN', `several runs begin with ${word}`, {
    hint: `Type more of it: ${ids.slice(0, SHOWN).join(', ')}${more}.`,
  });
}

/** A run that was reset is listed once an attempt; suites are no runs. */
async function idsBeginningWith(client: TemporalConnection['client'], word: string): Promise<string[]> {
  const ids = new Set<string>();
  for await (const { workflowId } of client.workflow.list({
    query: `WorkflowId STARTS_WITH 'e2e-${word}'`,
  })) {
    if (!workflowId.startsWith('e2e-suite-')) ids.add(workflowId.slice('e2e-'.length));
  }
  return [...ids].toSorted();
}
