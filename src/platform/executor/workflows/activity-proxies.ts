import { proxyActivities } from '@temporalio/workflow';

import type { RolloutActivities } from '../contract.ts';

/** How activities are called, by what they do. Infrastructure is tried again for minutes, a refusal never. */
const retry = { initialInterval: '250ms', backoffCoefficient: 2, maximumInterval: '5s' } as const;

/** Reads and reports: seconds each, repeated while a store or the orchestrator is away. */
export const quick = proxyActivities<RolloutActivities>({
  startToCloseTimeout: '20s',
  scheduleToCloseTimeout: '10m',
  retry,
});

/** Changes in the cloud. */
export const change = proxyActivities<RolloutActivities>({
  startToCloseTimeout: '60s',
  scheduleToCloseTimeout: '10m',
  retry,
});

/**
 * Waits and windows: as long as they take, noticed within two seconds when their process dies. A cancel waits until the
 * activity has heard it, so that it cannot act behind the back of its own compensation.
 */
export const patient = proxyActivities<RolloutActivities>({
  startToCloseTimeout: '4h',
  scheduleToCloseTimeout: '6h',
  heartbeatTimeout: '2s',
  retry,
});
