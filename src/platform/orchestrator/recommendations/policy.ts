import type { RiskLevel } from '../../../contracts/api/common.ts';
import type { RecommendationStatus, Validation } from '../../../contracts/api/recommendations.ts';
import type { OptimizationStatus } from '../../../contracts/api/recommendations.ts';

/** Where a recommendation may go from each state; a state without successors is final. */
export const RECOMMENDATION_TRANSITIONS: Readonly<
  Record<RecommendationStatus, readonly RecommendationStatus[]>
> = {
  pending: ['validated', 'rejected', 'expired'],
  validated: ['approved', 'rejected', 'expired'],
  approved: ['executing', 'failed', 'rolled_back'],
  executing: ['completed', 'failed', 'rolled_back'],
  completed: [],
  rejected: [],
  expired: [],
  failed: [],
  rolled_back: [],
};

export function mayMove(from: RecommendationStatus, to: RecommendationStatus): boolean {
  return RECOMMENDATION_TRANSITIONS[from].includes(to);
}

const HOUR_MS = 3_600_000;
/** How long an offer stands: the riskier, the sooner its basis is stale. Wall time, as a person decides in it. */
const LIFETIME_MS: Readonly<Record<RiskLevel, number>> = {
  low: 7 * 24 * HOUR_MS,
  medium: 48 * HOUR_MS,
  high: 24 * HOUR_MS,
  critical: 4 * HOUR_MS,
};

export function expiresAtMs(risk: RiskLevel, createdAtMs: number): number {
  return createdAtMs + LIFETIME_MS[risk];
}

const APPROVAL_ABOVE_USD_PER_MONTH = 1_000;
const APPROVAL_BELOW_CONFIDENCE = 0.8;

export function requiresApproval(offer: {
  readonly savingsUsdPerMonth: number;
  readonly confidence: number;
  readonly risk: RiskLevel;
  readonly alwaysRequireApproval: boolean;
}): boolean {
  return (
    offer.alwaysRequireApproval ||
    offer.savingsUsdPerMonth > APPROVAL_ABOVE_USD_PER_MONTH ||
    offer.confidence < APPROVAL_BELOW_CONFIDENCE ||
    offer.risk !== 'low'
  );
}

type Opinion = Pick<Validation, 'agent_type' | 'verdict'>;

export type ValidationState =
  | { readonly kind: 'vetoed'; readonly by: readonly string[] }
  | { readonly kind: 'validated' }
  | { readonly kind: 'waiting'; readonly missing: readonly string[] };

/** Whose approval every recommendation needs; with both in, at least two agents have approved. */
const DECISIVE_AGENTS = ['performance', 'application'] as const;

/** Sums up the opinions: one veto stops; the decisive agents' approvals validate; anything else waits. */
export function validationState(
  author: string,
  opinions: readonly Opinion[],
  approvalsNeeded = 2,
): ValidationState {
  const vetoes = opinions.filter(({ verdict }) => verdict === 'veto').map(({ agent_type }) => agent_type);
  if (vetoes.length > 0) return { kind: 'vetoed', by: vetoes };
  const approving = new Set(opinions.map(({ agent_type }) => agent_type));
  const missing: string[] = DECISIVE_AGENTS.filter((agent) => agent !== author && !approving.has(agent));
  if (missing.length > 0) return { kind: 'waiting', missing };
  return approving.size >= approvalsNeeded
    ? { kind: 'validated' }
    : { kind: 'waiting', missing: ['a second agent'] };
}

export type ApprovalCheck =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly code: 'ALREADY_DECIDED' | 'NOT_VALIDATED'; readonly why: string };

/** May the customer approve it now? */
export function checkApproval(
  recommendation: {
    readonly status: RecommendationStatus;
    readonly expiresAtMs: number;
    readonly validation: ValidationState;
  },
  nowMs: number,
): ApprovalCheck {
  const { status, validation } = recommendation;
  if (status !== 'pending' && status !== 'validated') {
    return { allowed: false, code: 'ALREADY_DECIDED', why: `It is ${status}.` };
  }
  if (nowMs >= recommendation.expiresAtMs) {
    return { allowed: false, code: 'ALREADY_DECIDED', why: 'It has expired.' };
  }
  if (validation.kind === 'vetoed') {
    return { allowed: false, code: 'NOT_VALIDATED', why: `It was vetoed by ${validation.by.join(', ')}.` };
  }
  if (status === 'pending') {
    const missing =
      validation.kind === 'waiting' ? validation.missing.join(', ') : 'an opinion that is still coming';
    return { allowed: false, code: 'NOT_VALIDATED', why: `It still lacks ${missing}.` };
  }
  return { allowed: true };
}

/** The state a recommendation takes from its optimization; undefined while nothing changes. */
export function statusFollowing(optimization: OptimizationStatus): RecommendationStatus | undefined {
  switch (optimization) {
    case 'queued':
      return undefined;
    case 'executing':
    case 'awaiting_decision':
    case 'rolling_back':
      return 'executing';
    case 'completed':
      return 'completed';
    case 'failed':
      return 'failed';
    case 'rolled_back':
    case 'cancelled':
      return 'rolled_back';
  }
}
