import type { Baseline, RunSubject, StateSnapshot } from '../../src/contracts/activities.ts';
import type { ScenarioRun } from '../support/run-scenario.ts';
import type { At } from './at.ts';

interface CarriedOut {
  readonly subject: RunSubject;
  readonly recommendationId: string;
  readonly optimizationId: string;
}

/** What an analysis found and what it proposes, all of it. */
export async function readAnalysis(
  run: ScenarioRun,
  { phase, gates }: At,
  subject: RunSubject,
  analysisId: string,
): Promise<void> {
  await run.phase(phase, (call) => call('longWait').readAnalysis({ subject, analysisId }), gates);
}

/** World and clouds against the plan and the snapshot before it. */
export async function inspectFleet(
  run: ScenarioRun,
  { phase, gates }: At,
  { subject, snapshot, recommendationId, optimizationId }: CarriedOut & { readonly snapshot: StateSnapshot },
): Promise<void> {
  const told = { subject, snapshot, recommendationId, optimizationId };
  await run.phase(phase, (call) => call('probe').inspectFleet(told), gates);
}

/** The bill before and after, against what was said. */
export async function measureSavings(
  run: ScenarioRun,
  { phase, gates }: At,
  {
    subject,
    baseline,
    recommendationId,
    optimizationId,
  }: CarriedOut & { readonly baseline: Pick<Baseline, 'monthlyCostUsd'> },
): Promise<void> {
  const told = { subject, baseline, recommendationId, optimizationId };
  await run.phase(phase, (call) => call('probe').measureSavings(told), gates);
}

/** The latency of the changed deployment against what was said. */
export async function measureLatencyForecast(
  run: ScenarioRun,
  { phase, gates }: At,
  told: {
    readonly subject: RunSubject;
    readonly recommendationId: string;
    readonly window: { readonly startMs: number; readonly endMs: number };
  },
): Promise<void> {
  await run.phase(phase, (call) => call('probe').measureLatencyForecast(told), gates);
}
