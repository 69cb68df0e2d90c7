import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, Runtime } from '@temporalio/worker';

import { NAMESPACES } from '../../contracts/environment.ts';
import { createHistoryLoader, type LoadHistory } from './load-history.ts';
import type { HistoryReference, ReplayOutcome } from './outcome.ts';
import { replayOne } from './replay-one.ts';
import { openReplayStream } from './replay-stream.ts';

/** One of several processes that replay. It asks for a history whenever one of its streams is free. */
export interface ReplayWork {
  /** Comes back with the outcome. */
  readonly index: number;
  readonly reference: HistoryReference;
}
export type ToReplayProcess =
  | {
      readonly kind: 'begin';
      readonly codePath: string;
      readonly temporalAddress: string | null;
      readonly streams: number;
    }
  /** Null: there is no more. */
  | { readonly kind: 'work'; readonly work: ReplayWork | null };
export type FromReplayProcess =
  | { readonly kind: 'wanting' }
  | { readonly kind: 'outcome'; readonly index: number; readonly outcome: ReplayOutcome }
  | { readonly kind: 'done'; readonly cpuMs: number };

const waiting: ((work: ReplayWork | null) => void)[] = [];

process.on('message', (message: ToReplayProcess) => {
  if (message.kind === 'work') waiting.shift()?.(message.work);
  else void replayAll(message);
});
// The command that started it is gone: nobody is left to tell.
process.on('disconnect', () => process.exit());

async function replayAll({
  codePath,
  temporalAddress,
  streams,
}: Extract<ToReplayProcess, { kind: 'begin' }>) {
  // What does not fit is told as an outcome; the worker's own words would only repeat it.
  Runtime.install({ logger: new DefaultLogger('ERROR', () => undefined) });
  const connection = temporalAddress === null ? null : await Connection.connect({ address: temporalAddress });
  const load = createHistoryLoader(
    connection === null ? null : new Client({ connection, namespace: NAMESPACES.harness }),
  );
  await Promise.all(Array.from({ length: streams }, () => replayStream(codePath, load)));
  await connection?.close();
  const { user, system } = process.cpuUsage();
  await tell({ kind: 'done', cpuMs: (user + system) / 1_000 });
  process.disconnect();
}

async function replayStream(codePath: string, load: LoadHistory): Promise<void> {
  await using stream = openReplayStream(codePath);
  for (let work = await ask(); work !== null; work = await ask()) {
    const outcome = await replayOne(work.reference, load, stream);
    await tell({ kind: 'outcome', index: work.index, outcome });
  }
}

async function ask(): Promise<ReplayWork | null> {
  const answer = new Promise<ReplayWork | null>((resolve) => waiting.push(resolve));
  await tell({ kind: 'wanting' });
  return answer;
}

function tell(message: FromReplayProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    process.send?.(message, (error: Error | null) => (error === null ? resolve() : reject(error)));
  });
}
