import type { Client } from '@temporalio/client';

import { SEARCH_ATTRIBUTES, VERDICTS } from '../../contracts/runs.ts';
import { OptiInfraError } from '../../support/errors.ts';
import type { HistoryReference } from './outcome.ts';
import { runIdOf } from './replay-one.ts';

/** What of an environment is meant. */
export type RunChoice =
  | { readonly kind: 'all' }
  /** Ended with another verdict than passed. */
  | { readonly kind: 'failed' }
  /** By id, or by its beginning when that is clear. */
  | { readonly kind: 'named'; readonly words: readonly string[] };

type FromTemporal = Extract<HistoryReference, { kind: 'temporal' }>;

const NOT_PASSED = VERDICTS.filter((verdict) => verdict !== 'passed').map((verdict) => `'${verdict}'`);

/** The histories of an environment's Temporal that are meant, oldest first; a run with attempts has several. */
export async function historiesInTemporal(client: Client, choice: RunChoice): Promise<FromTemporal[]> {
  switch (choice.kind) {
    case 'all':
      return listed(client, "WorkflowId STARTS_WITH 'e2e-'");
    case 'failed':
      return listed(client, `${SEARCH_ATTRIBUTES.verdict} IN (${NOT_PASSED.join(', ')})`);
    case 'named':
      return (await Promise.all(choice.words.map((word) => named(client, word)))).flat();
  }
}

async function listed(client: Client, query: string): Promise<FromTemporal[]> {
  const found: { reference: FromTemporal; startedMs: number }[] = [];
  for await (const { workflowId, runId, startTime } of client.workflow.list({ query })) {
    const reference = { kind: 'temporal', workflowId, workflowRunId: runId } as const;
    found.push({ reference, startedMs: startTime.getTime() });
  }
  return found.toSorted((left, right) => left.startedMs - right.startedMs).map(({ reference }) => reference);
}

const ID = /^[A-Za-z0-9-]+$/;
const SHOWN = 4;

async function named(client: Client, word: string): Promise<FromTemporal[]> {
  const id = runIdOf(word);
  // Only what an id may hold goes into the query.
  const candidates = ID.test(id)
    ? await listed(client, `WorkflowId STARTS_WITH 'e2e-${id}' OR WorkflowId STARTS_WITH 'e2e-suite-${id}'`)
    : [];
  const exact = candidates.filter(({ workflowId }) => runIdOf(workflowId) === id);
  if (exact.length > 0) return exact;
  const ids = [...new Set(candidates.map(({ workflowId }) => runIdOf(workflowId)))];
  if (ids.length === 1) return candidates;
  throw ids.length === 0 ? unknown(word) : ambiguous(word, ids);
}

function unknown(word: string): OptiInfraError {
  return new OptiInfraError('UNKNOWN_RUN', `Temporal of this environment knows no run ${word}`, {
    hint: '`e2e show` lists the runs; those of an environment that is gone can be replayed from saved files only.',
  });
}

function ambiguous(word: string, ids: readonly string[]): OptiInfraError {
  const more = ids.length > SHOWN ? `, and ${String(ids.length - SHOWN)} more` : '';
  return new OptiInfraError('UNKNOWN_RUN', `several runs begin with ${word}`, {
    hint: `Type more of it: ${ids.slice(0, SHOWN).join(', ')}${more}.`,
  });
}
