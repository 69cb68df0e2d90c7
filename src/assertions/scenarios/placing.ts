import type { AgentType } from '../../contracts/api/common.ts';
import type { Gate } from '../../contracts/runs.ts';
import { executionStepsCompleted } from '../execution-steps-completed.ts';
import { flagIs, listEquals, listHas } from '../facts.ts';
import { above } from '../numbers.ts';
import { optimizationSuccessful } from '../optimization-successful.ts';
import { baselineMeasured, costWitnessed } from '../spot-migration.ts';

/** Gates of scenarios that change where or on how many nodes a deployment runs. */

/** A fleet of any size and price: cost by two witnesses, and a service that keeps its promises. */
export const startingPoint: readonly Gate[] = [costWitnessed, ...baselineMeasured];

export function taskAtAgent(agentType: AgentType): readonly Gate[] {
  return [
    listHas({ gate: 'analysis-started', evidence: 'analysis.id', minimum: 1, what: 'analysis' }),
    flagIs({
      gate: `task-at-${agentType}-agent-only`,
      evidence: `analysis.task-at-${agentType}-agent-only`,
      expected: true,
      because: `the analysis has one task row, and it is the ${agentType} agent’s`,
    }),
  ];
}

export const snapshotTaken: readonly Gate[] = [
  above({ gate: 'snapshot-has-nodes', evidence: 'snapshot.nodes', threshold: 0 }),
  listHas({ gate: 'snapshot-has-machines', evidence: 'snapshot.running', minimum: 1, what: 'machines' }),
];

/** All steps of this kind of plan, in order, told of completely. */
export function completedAs(steps: readonly string[]): readonly Gate[] {
  return [
    optimizationSuccessful('optimization.status'),
    executionStepsCompleted('optimization.completed-steps', steps),
    flagIs({
      gate: 'steps-carry-evidence',
      evidence: 'optimization.steps-carry-evidence',
      expected: true,
      because: 'every step names what it did and saw',
    }),
    flagIs({
      gate: 'live-events-ordered-and-complete',
      evidence: 'events.ordered-and-complete',
      expected: true,
      because: 'sequence without gap, a start and an end for each step',
    }),
    flagIs({
      gate: 'audit-chain-valid',
      evidence: 'audit.chain-valid',
      expected: true,
      because: 'every hash fits',
    }),
  ];
}

/** The clouds' inventory is the plan carried out: what was to go has gone, nothing else has. */
export const fleetAsPlanned: readonly Gate[] = [
  listHas({ gate: 'nodes-were-to-go', evidence: 'fleet.planned-to-go', minimum: 1, what: 'nodes to go' }),
  listEquals({ gate: 'retired-nodes-are-gone', evidence: 'fleet.retired-still-there', expected: [] }),
  listEquals({ gate: 'no-other-node-was-lost', evidence: 'fleet.lost', expected: [] }),
];
