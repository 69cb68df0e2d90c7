import type { Observation, RunSubject, StateSnapshot } from '../../src/contracts/activities.ts';
import type { DeployedChange } from '../../src/contracts/quality-activities.ts';
import { CANARY } from '../../src/contracts/thresholds.ts';
import type { Fault } from '../../src/contracts/world.ts';
import type { ScenarioRun } from '../support/run-scenario.ts';
import { timestamp } from '../support/time.ts';
import type { At } from './at.ts';
import { triggerAnalysis } from './until-approved.ts';

/** What the pipeline delivers, and what is wrong with it; nothing when it is as good as what it replaces. */
export interface Delivery {
  readonly change: DeployedChange;
  readonly fault: Fault | null;
}

export const badRevision = (drop: number): Delivery => ({
  change: { revision: 'checkpoint-1200' },
  fault: { kind: 'bad-revision', revision: 'checkpoint-1200', drop },
});
export const badTemplate = (drop: number): Delivery => ({
  change: { chatTemplate: 'chatml-draft' },
  fault: { kind: 'bad-template', chatTemplate: 'chatml-draft', drop },
});
export const goodRevision: Delivery = { change: { revision: 'checkpoint-1100' }, fault: null };

type WithBaseline = 'trigger-quality-analysis' | 'await-baseline';
type UntilJudged = WithBaseline | 'measure-before' | 'deploy-change' | 'judge-change';

/** Asks the application agent, and reads the baseline that its golden prompts have made. */
export async function establishBaseline(
  run: ScenarioRun,
  at: (phase: WithBaseline) => At,
  subject: RunSubject,
): Promise<void> {
  const { analysisId } = await triggerAnalysis(run, at('trigger-quality-analysis'), subject, 'application');
  const { phase, gates } = at('await-baseline');
  await run.phase(
    phase,
    (call) => call('longWait').readBaseline({ subject, analysisId, prefix: 'baseline' }),
    gates,
  );
}

export interface Judged {
  readonly snapshot: StateSnapshot;
  /** Wall time at which the pipeline began; what the platform did about it came after. */
  readonly deliveredAt: string;
}

/** From a baseline to what the platform says of a change it was not told of. */
export async function untilJudged(
  run: ScenarioRun,
  at: (phase: UntilJudged) => At,
  subject: RunSubject,
  delivery: Delivery,
): Promise<Judged> {
  await establishBaseline(run, at, subject);
  const snapshot = await measureBefore(run, at('measure-before'), subject);
  const deliveredAt = await deployChange(run, at('deploy-change'), subject, delivery);
  const { phase, gates } = at('judge-change');
  await run.phase(
    phase,
    (call) => call('longWait').awaitComparison({ subject, sinceAt: deliveredAt }),
    gates,
  );
  return { snapshot, deliveredAt };
}

async function measureBefore(
  run: ScenarioRun,
  { phase, gates }: At,
  subject: RunSubject,
): Promise<StateSnapshot> {
  return run.phase(
    phase,
    async (call) => {
      const requests = CANARY.cleanRequestsForErrorRate;
      const measured = await call('longWait').measureWindow({
        subject,
        prefix: 'before',
        sinceMs: 'now',
        requests,
      });
      return together(measured, await call('probe').takeSnapshot({ subject }));
    },
    gates,
  );
}

async function deployChange(
  run: ScenarioRun,
  { phase, gates }: At,
  subject: RunSubject,
  { change, fault }: Delivery,
): Promise<string> {
  const { deliveredAt } = await run.phase(
    phase,
    async (call) => {
      const deliveredAt = timestamp();
      const wrong =
        fault === null
          ? NOTHING_WRONG
          : await call('mutate').act({ subject, name: fault.kind, action: fault });
      const started = await call('mutate').act({
        subject,
        name: 'deploy',
        action: { kind: 'deploy', deployment: subject.deployment, ...change },
      });
      const deployed = await call('longWait').awaitDeployed({ subject, change });
      const told = together(wrong, together(started, deployed));
      return { ...told, output: deployed.output === null ? null : { deliveredAt } };
    },
    gates,
  );
  return deliveredAt;
}

const NOTHING_WRONG: Observation = { evidence: [], notes: [], output: {} };

/** Two observations as one, with the output of the second. */
export function together<T>(first: Observation<unknown>, second: Observation<T>): Observation<T> {
  return {
    evidence: [...first.evidence, ...second.evidence],
    notes: [...first.notes, ...second.notes],
    output: second.output,
  };
}
