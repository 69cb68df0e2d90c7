import { Context } from '@temporalio/activity';

import type { Pulse } from '../activities/dependencies.ts';

/** The pulse of the activity that runs now, from Temporal's own context. */
export function temporalPulse(): Pulse {
  const context = Context.current();
  return {
    beat: (details) => {
      context.heartbeat(details);
    },
    signal: context.cancellationSignal,
  };
}
