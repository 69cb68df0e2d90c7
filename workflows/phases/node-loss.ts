import type { RunSubject } from '../../src/contracts/activities.ts';
import type { RecommendationType } from '../../src/contracts/api/recommendations.ts';
import type { ScenarioRun } from '../support/run-scenario.ts';
import type { At } from './at.ts';

/** When something was done to the world, in both times, and what it struck. */
export interface Done {
  readonly worldMs: number;
  readonly at: string;
  readonly struck: readonly string[];
}

/** The cloud announces that it takes one spot node back; with `noCapacity`, no pool has another one from then on. */
export async function loseSpotNode(
  run: ScenarioRun,
  { phase, gates }: At,
  subject: RunSubject,
  { noCapacity = false }: { readonly noCapacity?: boolean } = {},
): Promise<Done> {
  return run.phase(
    phase,
    async (call) => {
      const emptied = noCapacity
        ? await call('mutate').act({
            subject,
            name: 'no-spot-capacity',
            action: { kind: 'no-spot-capacity', zones: [] },
          })
        : null;
      const done = await call('mutate').act({
        subject,
        name: 'reclaim',
        action: { kind: 'reclaim', nodes: 1 },
      });
      return {
        evidence: [...(emptied?.evidence ?? []), ...done.evidence],
        notes: [...(emptied?.notes ?? []), ...done.notes],
        output: done.output,
      };
    },
    gates,
  );
}

/** Spot machines are there again. */
export async function restoreCapacity(
  run: ScenarioRun,
  { phase, gates }: At,
  subject: RunSubject,
): Promise<Done> {
  return run.phase(
    phase,
    (call) => call('mutate').act({ subject, name: 'capacity-back', action: { kind: 'clear-faults' } }),
    gates,
  );
}

interface OwnAccord {
  readonly recommendationId: string;
  readonly optimizationId: string;
}

/** The platform sees the notice, and replaces the node without being asked. */
export async function awaitReplacement(
  run: ScenarioRun,
  { phase, gates }: At,
  subject: RunSubject,
  lost: Done,
): Promise<OwnAccord> {
  return run.phase(
    phase,
    async (call) => {
      const [instanceId = 'none'] = lost.struck;
      const told = await call('longWait').awaitEvent({
        subject,
        type: 'instance.interruption_notice',
        data: { instance_id: instanceId },
      });
      const seen = await call('longWait').awaitOwnAccord({
        subject,
        type: 'spot_replacement',
        sinceAt: lost.at,
      });
      return {
        ...seen,
        evidence: [...told.evidence, ...seen.evidence],
        notes: [...told.notes, ...seen.notes],
      };
    },
    gates,
  );
}

/** What the platform does by itself, until one of its attempts is carried out. */
export async function awaitOwnAccord(
  run: ScenarioRun,
  { phase, gates }: At,
  wanted: { readonly subject: RunSubject; readonly type: RecommendationType; readonly sinceAt: string },
): Promise<OwnAccord> {
  return run.phase(
    phase,
    (call) => call('longWait').awaitOwnAccord({ ...wanted, passOverFailed: true }),
    gates,
  );
}

/** How many nodes there are, and what they cost, as `<prefix>.nodes.*` and `cost.monthly.<prefix>.*`. */
export async function countFleet(
  run: ScenarioRun,
  { phase, gates }: At,
  counted: { readonly subject: RunSubject; readonly prefix: string },
): Promise<{ readonly usdPerMonth: number }> {
  return run.phase(
    phase,
    async (call) => {
      const nodes = await call('probe').countFleet(counted);
      const cost = await call('probe').measureCost(counted);
      return {
        evidence: [...nodes.evidence, ...cost.evidence],
        notes: [...nodes.notes, ...cost.notes],
        output: cost.output,
      };
    },
    gates,
  );
}
