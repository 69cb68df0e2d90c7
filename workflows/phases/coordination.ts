import type { RunSubject } from '../../src/contracts/activities.ts';
import type { AgentType } from '../../src/contracts/api/common.ts';
import type { Proposal, Settled } from '../../src/contracts/coordination-activities.ts';
import type { ScenarioRun } from '../support/run-scenario.ts';
import type { At } from './at.ts';

export interface Asked {
  readonly subject: RunSubject;
  readonly agents: readonly AgentType[];
  /** Beginning of the evidence's names. */
  readonly prefix: string;
}

/** Several agents look at the same customer at the same time. */
export async function analyseTogether(
  run: ScenarioRun,
  { phase, gates }: At,
  asked: Asked,
): Promise<readonly Proposal[]> {
  const { proposals } = await run.phase(phase, (call) => call('longWait').analyseTogether(asked), gates);
  return proposals;
}

async function awaitOpinions(
  run: ScenarioRun,
  { phase, gates }: At,
  judged: { readonly subject: RunSubject; readonly proposals: readonly Proposal[]; readonly prefix: string },
): Promise<void> {
  await run.phase(phase, (call) => call('longWait').awaitOpinions(judged), gates);
}

/** Proposals of several agents, judged by all. */
export async function proposeTogether(
  run: ScenarioRun,
  at: { readonly analyse: At; readonly validate: At },
  asked: Asked,
): Promise<readonly Proposal[]> {
  const proposals = await analyseTogether(run, at.analyse, asked);
  await awaitOpinions(run, at.validate, { ...asked, proposals });
  return proposals;
}

export async function resolveConflict(
  run: ScenarioRun,
  { phase, gates }: At,
  conflict: {
    readonly subject: RunSubject;
    readonly proposals: readonly Proposal[];
    readonly prefix: string;
  },
): Promise<Settled> {
  return run.phase(phase, (call) => call('mutate').resolveConflict(conflict), gates);
}

async function executeResolution(
  run: ScenarioRun,
  { phase, gates }: At,
  told: { readonly subject: RunSubject; readonly settled: Settled },
): Promise<readonly string[]> {
  const { optimizationIds } = await run.phase(
    phase,
    (call) => call('longWait').executeResolution(told),
    gates,
  );
  run.remember({ optimizationId: optimizationIds[0] ?? null });
  return optimizationIds;
}

/** Settled and begun: what one wins, and the optimization that carries it out. */
export async function settleAndExecute(
  run: ScenarioRun,
  at: (phase: 'resolve-conflict' | 'execute-resolution') => At,
  conflict: { readonly subject: RunSubject; readonly proposals: readonly Proposal[] },
): Promise<{
  readonly settled: Settled;
  readonly optimizationIds: readonly string[];
  readonly recommendationId: string;
  readonly optimizationId: string;
}> {
  const { subject } = conflict;
  const settled = await resolveConflict(run, at('resolve-conflict'), { ...conflict, prefix: 'resolution' });
  const optimizationIds = await executeResolution(run, at('execute-resolution'), { subject, settled });
  const [optimizationId = ''] = optimizationIds;
  return { settled, optimizationIds, optimizationId, recommendationId: settled.winnerId ?? '' };
}

/** Every participant was told of the resolution. */
export async function verifyParticipants(
  run: ScenarioRun,
  { phase, gates }: At,
  told: { readonly subject: RunSubject; readonly settled: Settled },
): Promise<void> {
  const { subject, settled } = told;
  await run.phase(
    phase,
    (call) => call('longWait').readAcknowledgements({ subject, resolutionId: settled.resolutionId }),
    gates,
  );
}
