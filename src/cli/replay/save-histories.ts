import { NAMESPACES } from '../../contracts/environment.ts';
import { saveHistory } from './history-files.ts';
import { createHistoryLoader } from './load-history.ts';
import type { HistoryReference } from './outcome.ts';
import { runIdOf } from './replay-one.ts';

/** Writes histories as files and gives the path of each: the run's id, and a number where a run has several. */
export async function* saveHistories(
  directory: string,
  references: readonly HistoryReference[],
  temporalAddress: string | null,
): AsyncGenerator<string> {
  const { Client, Connection } = await import('@temporalio/client');
  const connection = temporalAddress === null ? null : await Connection.connect({ address: temporalAddress });
  try {
    const load = createHistoryLoader(
      connection === null ? null : new Client({ connection, namespace: NAMESPACES.harness }),
    );
    const written = new Map<string, number>();
    for (const reference of references) {
      const recorded = await load(reference);
      const runId = runIdOf(recorded.workflowId);
      const number = (written.get(runId) ?? 0) + 1;
      written.set(runId, number);
      yield await saveHistory(directory, number === 1 ? runId : `${runId}.${String(number)}`, recorded);
    }
  } finally {
    await connection?.close();
  }
}
