import { RISK_LEVELS, type AgentType } from '../../../contracts/api/common.ts';
import type { Preferences } from '../../../contracts/api/customers.ts';
import type { Party } from './detection.ts';

type Priorities = Pick<Preferences, 'cost_priority' | 'performance_priority' | 'quality_priority'>;

/** The agent that speaks for what the customer puts strictly above all else; undefined when nothing stands out. */
export function preferredAgent(preferences: Priorities): AgentType | undefined {
  const ranked: (readonly [AgentType, number])[] = [
    ['cost', preferences.cost_priority],
    ['performance', preferences.performance_priority],
    ['application', preferences.quality_priority],
  ];
  ranked.sort((a, b) => b[1] - a[1]);
  const [first, second] = ranked;
  return first !== undefined && second !== undefined && first[1] > second[1] ? first[0] : undefined;
}

/** Whose proposal goes first when the customer has stated no preference. */
const AUTHORS: readonly AgentType[] = ['application', 'performance', 'cost', 'resource'];

/** Sorts what comes first to the front: by author, then saving, confidence and risk; the id makes it one order. */
export function byPriority(a: Party, b: Party): number {
  return (
    AUTHORS.indexOf(a.agent_type) - AUTHORS.indexOf(b.agent_type) ||
    b.estimated_savings - a.estimated_savings ||
    b.confidence - a.confidence ||
    RISK_LEVELS.indexOf(a.risk_level) - RISK_LEVELS.indexOf(b.risk_level) ||
    a.id.localeCompare(b.id)
  );
}

/** Who has vetoed it, with his reasons; undefined when nobody has. */
export function vetoOf(party: Party): string | undefined {
  const vetoes = party.validations.filter(({ verdict }) => verdict === 'veto');
  if (vetoes.length === 0) return undefined;
  return vetoes.map(({ agent_type, reasons }) => `vetoed by ${agent_type}: ${reasons.join(' ')}`).join('; ');
}
