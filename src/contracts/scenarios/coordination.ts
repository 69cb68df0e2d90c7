import { ONCE, phasesOf, type PhaseRow, type ScenarioDefinition } from './definition.ts';

/** From a running customer to several proposals that everybody has judged. */
const PROPOSED: readonly PhaseRow[] = [
  ['take-snapshot', 'Reading world and cloud before anything changes', 30],
  ['analyse-together', 'Asking the agents at the same time', 120],
  ['multi-agent-validation', 'Waiting for multi-agent validation', 60],
];
/** The conflict, how it is settled, and its execution. */
const SETTLED: readonly PhaseRow[] = [
  ['resolve-conflict', 'Settling the conflict', 60, ONCE.resolution],
  ['execute-resolution', 'Carrying the resolution out', 60, ONCE.execution],
];
const MEASURED: PhaseRow = ['validate-service', 'Measuring the service afterwards', 60];
const TOLD: PhaseRow = ['verify-participants', 'Looking up who was told of the resolution', 30];

export const MULTI_AGENT_COORDINATION: ScenarioDefinition = {
  name: 'multi-agent-coordination',
  title: 'Multi-agent coordination',
  workflowType: 'multiAgentCoordination',
  tags: ['e2e', 'coordination'],
  description:
    'The cost agent wants spot nodes, the performance agent the present ones with another configuration. The agents negotiate a hybrid with a prediction of its own, which is carried out and measured.',
  phases: phasesOf(
    ['record-initial-state', 'Recording initial state', 60],
    ...PROPOSED,
    ...SETTLED,
    ['monitor-execution', 'Following the hybrid', 600, ONCE.execution],
    TOLD,
    ['verify-fleet', 'Looking the fleet up in world and cloud', 30],
    MEASURED,
    ['validate-savings', 'Measuring cost against the hybrid’s prediction', 60],
    ['validate-latency', 'Measuring latency against the hybrid’s prediction', 30],
  ),
};

/** Which priority the customer puts above the others. */
export const PREFERENCES = ['none', 'cost', 'performance'] as const;

export const CONFLICT_RESOLUTION: ScenarioDefinition = {
  name: 'conflict-resolution',
  title: 'Conflict of three agents',
  workflowType: 'conflictResolution',
  tags: ['e2e', 'coordination'],
  description:
    'On a fleet that is too large, cost, performance and resource agent want three different things. The order of priorities decides, losers and reasons are recorded, and analyses after the execution neither repeat nor undo what was done.',
  phases: phasesOf(
    ...PROPOSED,
    ...SETTLED,
    ['monitor-execution', 'Following the one that won', 600, ONCE.execution],
    TOLD,
    MEASURED,
    ['replan', 'Asking the agents again', 120],
    ['verify-replan', 'Comparing the new proposals with what was done', 30],
  ),
  // Ten busy minutes of history are part of the fixture.
  requires: { timeScale: { minimum: 10 } },
  settings: [
    {
      name: 'prefer',
      values: PREFERENCES,
      otherwise: 'performance',
      about: 'what the customer puts first; with none a hybrid of all three is negotiated',
    },
  ],
};

export const PRIORITY_RESOLUTION: ScenarioDefinition = {
  name: 'priority-resolution',
  title: 'Priorities decide',
  workflowType: 'priorityResolution',
  variantOf: 'multi-agent-coordination',
  tags: ['e2e', 'coordination'],
  description:
    'Two customers with the same fleet and the same conflict: without a preference a hybrid wins, with one the agent that speaks for it.',
  phases: phasesOf(
    ['analyse-without', 'Asking the agents, no preference stated', 120],
    ['validate-without', 'Waiting for validation, no preference stated', 60],
    ['resolve-without', 'Settling without a preference', 60, ONCE.resolution],
    ['analyse-with', 'Asking the agents, a preference stated', 120],
    ['validate-with', 'Waiting for validation, a preference stated', 60],
    ['resolve-with', 'Settling by the preference', 60, ONCE.resolution],
  ),
  settings: [
    {
      name: 'prefer',
      values: PREFERENCES.filter((each) => each !== 'none'),
      otherwise: 'cost',
      about: 'what the second customer puts first',
    },
  ],
};

export const SEQUENTIAL_AND_PARALLEL: ScenarioDefinition = {
  name: 'sequential-and-parallel',
  title: 'One after another, and side by side',
  workflowType: 'sequentialAndParallel',
  variantOf: 'multi-agent-coordination',
  tags: ['e2e', 'coordination'],
  description:
    'Two deployments are tuned at the same time, then each goes to spot: one in the order of a resolution, the other because it has to wait for its turn at a busy deployment.',
  phases: phasesOf(
    ...PROPOSED,
    ...SETTLED,
    ['approve-on-busy', 'Approving one more for a busy deployment', 30, ONCE.approval],
    ['follow-together', 'Following all of them', 600, ONCE.execution],
    TOLD,
    MEASURED,
  ),
};
