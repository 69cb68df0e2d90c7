import { readFile } from 'node:fs/promises';

import type { Client } from '@temporalio/client';

import { describeError } from '../../support/errors.ts';
import { decodeHistory, recorded, type RecordedHistory } from './history-codec.ts';
import type { HistoryReference } from './outcome.ts';

/** @throws TypeError in words when there is no history to be had there. */
export type LoadHistory = (reference: HistoryReference) => Promise<RecordedHistory>;

/** Loads from files, and from Temporal when there is a client. */
export function createHistoryLoader(client: Client | null): LoadHistory {
  return async (reference) => {
    if (reference.kind === 'file') return decodeHistory(await bytesOf(reference.path));
    if (client === null) throw new TypeError('no Temporal is connected');
    const { workflowId, workflowRunId } = reference;
    const history = await client.workflow.getHandle(workflowId, workflowRunId).fetchHistory();
    return { ...recorded(history), workflowId, workflowRunId };
  };
}

async function bytesOf(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new TypeError(`it cannot be read: ${describeError(cause)}`, { cause });
  }
}
