import { CANARY } from '../../../contracts/thresholds.ts';
import type { StageJudgement } from '../../../contracts/api/recommendations.ts';
import type {
  PriorTraffic,
  RolloutOrder,
  StageObservation,
  StageRequirement,
  StageWindow,
} from '../contract.ts';
import { EXTENSIONS, holdWallMs, windowBoundMs } from '../policy/windows.ts';
import { patient } from './activity-proxies.ts';
import { RolloutStopped } from './journal.ts';

export interface StageQuestion {
  readonly name: string;
  readonly canary: StageWindow['canary'];
  readonly control: StageWindow['control'];
  readonly requirement: StageRequirement;
  readonly prior: PriorTraffic;
  readonly interrupted: StageWindow['interrupted'];
  readonly watchIds: readonly string[];
  readonly requestsPerSecond: number;
  /** Share of traffic of the arm that gets the least. */
  readonly armShare: number;
}
/** Asks a person about an inconclusive stage; throws nothing, null means that nobody answered in time. */
export type AskPerson = (
  wallMs: number,
  reasons: readonly string[],
) => Promise<{
  readonly decision: 'continue' | 'rollback';
  readonly by: string;
  readonly reason: string;
} | null>;

export const REQUIREMENTS = {
  canary: {
    requestsPerArm: CANARY.minimumRequestsPerArm,
    qualitySamplesPerArm: CANARY.minimumQualitySamplesPerArm,
    proveErrorRate: false,
    mode: 'strict',
  },
  half: {
    requestsPerArm: CANARY.requestsPerArmForRelevantShift,
    qualitySamplesPerArm: CANARY.minimumQualitySamplesPerArm,
    proveErrorRate: false,
    mode: 'strict',
  },
  soak: {
    requestsPerArm: CANARY.minimumRequestsPerArm,
    qualitySamplesPerArm: CANARY.minimumQualitySamplesPerArm,
    proveErrorRate: true,
    mode: 'strict',
  },
} as const satisfies Record<string, StageRequirement>;

export type StageOutcome =
  | { readonly kind: 'passed'; readonly judgement: StageJudgement & { readonly decision?: unknown } }
  | Extract<StageObservation, { kind: 'lost' }>;

/**
 * Judges a stage. Red stops the rollout. Inconclusive doubles the samples and looks again, twice; then a person decides
 * and, when nobody does, the rollout turns back. A lost node ends the stage without a verdict.
 */
export async function validateStage(
  order: RolloutOrder,
  question: StageQuestion,
  ask: AskPerson,
): Promise<StageOutcome> {
  let seen = await look(order, question, 0);
  for (let extension = 1; isOpen(seen) && extension <= EXTENSIONS; extension += 1) {
    seen = await look(order, question, extension);
  }
  if (seen.kind === 'lost') return seen;
  const { judgement } = seen;
  if (judgement.verdict === 'passed') return { kind: 'passed', judgement };
  const evidence = { ...judgement };
  const why = judgement.reasons.join('; ');
  if (judgement.verdict === 'failed') throw new RolloutStopped(`${question.name} failed: ${why}`, evidence);
  const decision = await ask(holdWallMs(order.timeScale), judgement.reasons);
  if (decision?.decision === 'continue') return { kind: 'passed', judgement: { ...judgement, decision } };
  const ended =
    decision === null ? 'nobody decided in time' : `${decision.by} decided to roll back: ${decision.reason}`;
  throw new RolloutStopped(`${question.name} inconclusive: ${why}; ${ended}`, { ...evidence, decision });
}

function isOpen(seen: StageObservation): boolean {
  return seen.kind === 'judged' && seen.judgement.verdict === 'inconclusive';
}

function look(order: RolloutOrder, question: StageQuestion, extension: number): Promise<StageObservation> {
  const factor = 2 ** extension;
  const requirement: StageRequirement = {
    ...question.requirement,
    requestsPerArm: question.requirement.requestsPerArm * factor,
    qualitySamplesPerArm: question.requirement.qualitySamplesPerArm * factor,
  };
  const bound = windowBoundMs({
    requests: requirement.requestsPerArm,
    requestsPerSecond: question.requestsPerSecond,
    armShare: question.armShare,
  });
  const window: StageWindow = {
    canary: question.canary,
    control: question.control,
    requirement,
    prior: question.prior,
    interrupted: question.interrupted,
    watchIds: question.watchIds,
    // Each extension goes on where the last look ended, hence the sum of the bounds.
    deadlineWorldMs: question.canary.fromMs + bound * (extension + 1),
  };
  const summary =
    extension === 0 ? `watch ${question.name}` : `watch ${question.name}, extension ${String(extension)}`;
  return patient.observeStage.executeWithOptions({ summary }, [{ order, window }]);
}
