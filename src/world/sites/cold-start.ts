import { COLD_STARTS, type ColdStart } from '../../contracts/environment.ts';

/** World seconds of an engine's restart on a running machine: weights and warm-up, no boot and no image (world spec §2). */
const ENGINE_RESTART_SECONDS: Readonly<Record<ColdStart, number>> = { standard: 265 + 65, baked: 77 + 65 };

export interface StartTimes {
  /** From launch to ready. */
  readonly coldStartMs: number;
  /** From a changed configuration to ready, after what was running has finished. */
  readonly engineRestartMs: number;
}

export function startTimes(coldStart: ColdStart): StartTimes {
  return {
    coldStartMs: COLD_STARTS[coldStart] * 1_000,
    engineRestartMs: ENGINE_RESTART_SECONDS[coldStart] * 1_000,
  };
}
