import { CancellationScope, condition, defineUpdate, isCancellation, setHandler } from '@temporalio/workflow';

import { RELEASE_UPDATE, type HoldEnd, type ReleaseOrder } from '../../src/contracts/attempts.ts';
import type { RunRecorder } from './run-recorder.ts';
import { nowMs, timestamp } from './time.ts';

const releaseUpdate = defineUpdate<string, [ReleaseOrder]>(RELEASE_UPDATE);

/**
 * Keeps a red run as it is until its time is over, somebody releases it or it is cancelled. A re-run resets the
 * workflow in the meantime: then none of this has happened.
 */
export async function hold(
  recorder: RunRecorder,
  keepMs: number,
  publish: () => Promise<void>,
): Promise<void> {
  let released: ReleaseOrder | null = null;
  let over = false;
  setHandler(
    releaseUpdate,
    (order) => {
      released = order;
      return 'released; the run cleans up';
    },
    {
      description: 'End the hold of a red run now, so that it cleans up: {by, reason}',
      validator: (order) => {
        if (released !== null) throw new Error(`released already by ${released.by}`);
        if (over) throw new Error('the run does not keep anything any more');
        refuseMalformed(order);
      },
    },
  );
  recorder.update({ keptUntil: timestamp(nowMs() + keepMs) });
  await CancellationScope.nonCancellable(publish);
  const how = await waitFor(() => released !== null, keepMs);
  over = true;
  recorder.endHold(endOf(how, released));
}

async function waitFor(isReleased: () => boolean, keepMs: number): Promise<HoldEnd['how']> {
  try {
    return (await condition(isReleased, keepMs)) ? 'release' : 'time';
  } catch (error) {
    if (isCancellation(error)) return 'cancellation';
    throw error;
  }
}

function endOf(how: HoldEnd['how'], released: ReleaseOrder | null): HoldEnd {
  return { at: timestamp(), how, by: released?.by ?? null, reason: released?.reason ?? null };
}

function refuseMalformed(typed: unknown): void {
  const { by, reason } = (typed ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof by !== 'string' || by.trim() === '') throw new Error('by must name who releases it');
  if (typeof reason !== 'string' || reason.trim() === '') throw new Error('reason must say why');
}
