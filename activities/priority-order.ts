import type { Preferences } from '../src/contracts/api/customers.ts';
import type { AgentType } from '../src/contracts/api/common.ts';
import type { Conflict, ResolutionStrategy } from '../src/contracts/api/orchestration.ts';
import type { Proposal } from '../src/contracts/coordination-activities.ts';

/** Whose proposal goes first when nothing else decides: docs/conflicts.md, worked out here a second time. */
const AUTHORS: readonly AgentType[] = ['application', 'performance', 'cost', 'resource'];

export interface Ruling {
  readonly strategy: ResolutionStrategy;
  /** `agent: type deployment`, or `hybrid`; `none` where they follow one another. */
  readonly winner: string;
}

/**
 * What the order of priorities says of these proposals: the customer's preference, a hybrid where there is one, one
 * after another where nothing contradicts, else the order of authors.
 */
export function rulingOf(
  proposals: readonly Proposal[],
  preferences: Pick<Preferences, 'cost_priority' | 'performance_priority' | 'quality_priority'>,
  seen: { readonly conflicts: readonly Pick<Conflict, 'kind'>[]; readonly hybridFound: boolean },
): Ruling {
  const [first] = ofAgent(proposals, preferredBy(preferences));
  if (seen.conflicts.some(({ kind }) => kind !== 'dependency') && first !== undefined)
    return { strategy: 'prioritize_customer', winner: nameOf(first) };
  if (seen.hybridFound) return { strategy: 'negotiate_hybrid', winner: 'hybrid' };
  const [leader] = AUTHORS.flatMap((author) => ofAgent(proposals, author));
  const contradictory = seen.conflicts.some(({ kind }) => kind === 'contradictory_action');
  if (!contradictory || leader === undefined) return { strategy: 'sequential_execution', winner: 'none' };
  return { strategy: 'prioritize_customer', winner: nameOf(leader) };
}

/** A proposal as people and gates name it. */
export function nameOf({ agentType, type, deployment }: Proposal): string {
  return `${agentType}: ${type} ${deployment}`;
}

/** By this agent, the greater saving first. */
function ofAgent(proposals: readonly Proposal[], agent: AgentType | null): readonly Proposal[] {
  return proposals
    .filter(({ agentType }) => agentType === agent)
    .toSorted((left, right) => right.savingsUsdPerMonth - left.savingsUsdPerMonth);
}

/** The agent of the priority that stands strictly above the other two; null when none does. */
function preferredBy({
  cost_priority: cost,
  performance_priority: performance,
  quality_priority: quality,
}: Parameters<typeof rulingOf>[1]): AgentType | null {
  if (cost > performance && cost > quality) return 'cost';
  if (performance > cost && performance > quality) return 'performance';
  if (quality > cost && quality > performance) return 'application';
  return null;
}
