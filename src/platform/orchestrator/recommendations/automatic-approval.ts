import type { Preferences } from '../../../contracts/api/customers.ts';
import type { RecommendationType } from '../../../contracts/api/recommendations.ts';
import type { Decision } from './decisions.ts';

/** Who the audit names when the platform's own rules approve. */
const POLICY_ACTOR = 'system:policy';

interface AutomaticApproval {
  readonly reason: string;
  /** Also for a customer who wants to be asked before everything else. */
  readonly evenWhenAlwaysAsked: boolean;
}

/** What goes ahead without a person once the agents have approved it. A type that is not here asks as ever. */
const AUTOMATIC: Partial<Readonly<Record<RecommendationType, AutomaticApproval>>> = {
  quality_rollback: {
    reason: 'Answers are proven worse: back to the configuration that kept the promise, without waiting.',
    evenWhenAlwaysAsked: true,
  },
  spot_replacement: {
    reason: 'The cloud takes the node within minutes: its place is filled before anyone could be asked.',
    evenWhenAlwaysAsked: false,
  },
  return_to_spot: {
    reason: 'The customer approved these nodes on spot before; the market has them again.',
    evenWhenAlwaysAsked: false,
  },
};

/** May the platform approve it itself, whatever its saving, confidence and risk? */
export function mayApproveItself(
  type: RecommendationType,
  preferences: Pick<Preferences, 'always_require_approval'>,
): boolean {
  const rule = AUTOMATIC[type];
  return rule !== undefined && (rule.evenWhenAlwaysAsked || !preferences.always_require_approval);
}

/** The decision that needs no person, in the words the audit keeps. */
export function automaticDecision(type: RecommendationType): Decision {
  const reason = AUTOMATIC[type]?.reason ?? 'Low risk, sure and small: the customer asked not to be asked.';
  return { actor: POLICY_ACTOR, reason };
}

/**
 * How many agents must have approved. Two as a rule; a quality rollback is written by the judge of quality, and more
 * than the performance agent's word would keep bad answers going out.
 */
export function approvalsNeeded(type: RecommendationType): number {
  return type === 'quality_rollback' ? 1 : 2;
}
