import { Worker, type ReplayResult } from '@temporalio/worker';
import type { History } from '@temporalio/common/lib/proto-utils.js';

/** One replay worker, which takes one history after another. */
export interface ReplayStream extends AsyncDisposable {
  /** What replaying said; null when the history fits. */
  replay(workflowId: string, history: History): Promise<Error | null>;
}

/** Opened by its first history, and anew after one that broke it. */
export function openReplayStream(codePath: string): ReplayStream {
  let results: AsyncIterableIterator<ReplayResult> | null = null;
  let next: { workflowId: string; history: History } | null = null;
  // Asked for a history once a result: whoever wants a result puts the history there first.
  async function* feed() {
    for (let current = next; current !== null; current = next) yield current;
  }
  const close = async (): Promise<void> => {
    next = null;
    await results?.next();
    results = null;
  };
  return {
    replay: async (workflowId, history) => {
      next = { workflowId, history };
      results ??= Worker.runReplayHistories({ workflowBundle: { codePath } }, feed());
      try {
        const result = await results.next();
        if (result.done === true) throw new Error('the replay ended without a result');
        return result.value.error ?? null;
      } catch (error) {
        results = null;
        throw error;
      }
    },
    [Symbol.asyncDispose]: close,
  };
}
