import { defineSignal, setHandler } from '@temporalio/workflow';

import { REFUSED_SIGNAL, type Refusal } from '../../src/contracts/runs.ts';
import type { RunRecorder } from './run-recorder.ts';
import { timestamp } from './time.ts';

const refusedSignal = defineSignal<[Omit<Refusal, 'at'>]>(REFUSED_SIGNAL);
/** Enough to see what happened; a loop that tries for ever must not fill the state. */
const MOST = 50;

/** Temporal forgets an Update that was refused: whoever was refused tells the run, whose history and report keep it. */
export function recordRefusals(recorder: RunRecorder): void {
  setHandler(
    refusedSignal,
    ({ by, what, why }) => {
      const { refusals = [] } = recorder.state();
      if (refusals.length < MOST)
        recorder.update({ refusals: [...refusals, { at: timestamp(), by, what, why }] });
    },
    { description: 'Somebody was refused: {by, what, why}' },
  );
}
