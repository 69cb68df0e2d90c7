import type { RunSubject } from '../../src/contracts/activities.ts';
import { CANARY } from '../../src/contracts/thresholds.ts';
import type { ScenarioRun } from '../support/run-scenario.ts';
import type { At } from './at.ts';

/** Latency, quality and errors from now on (or since a world time), as `<prefix>.*`, from enough requests to prove 0.1 %. */
export async function measureService(
  run: ScenarioRun,
  { phase, gates }: At,
  measured: {
    readonly subject: RunSubject;
    readonly prefix: string;
    readonly sinceMs?: number;
    readonly requests?: number;
  },
): Promise<{ readonly startMs: number; readonly endMs: number }> {
  const { subject, prefix, sinceMs = 'now', requests = CANARY.cleanRequestsForErrorRate } = measured;
  return run.phase(
    phase,
    (call) => call('longWait').measureWindow({ subject, prefix, sinceMs, requests }),
    gates,
  );
}

/** What the fleet costs a month now, as `cost.monthly.<prefix>.*`. */
export async function measureCost(
  run: ScenarioRun,
  { phase, gates }: At,
  measured: { readonly subject: RunSubject; readonly prefix: string },
): Promise<{ readonly usdPerMonth: number }> {
  return run.phase(phase, (call) => call('probe').measureCost(measured), gates);
}
