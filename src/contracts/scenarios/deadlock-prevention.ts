import { ONCE, phasesOf, type ScenarioDefinition } from './definition.ts';

export const DEADLOCK_PREVENTION: ScenarioDefinition = {
  name: 'deadlock-prevention',
  title: 'Deadlock prevention',
  workflowType: 'deadlockPrevention',
  variantOf: 'multi-agent-coordination',
  tags: ['e2e', 'coordination'],
  description:
    'Recommendations that would wait for each other are refused by name, in circles of one, two, three and more, also when all parts come at once or stand in the rows already. Nothing hangs and nothing begins; an order that works is carried out.',
  phases: phasesOf(
    ['gather-offers', 'Asking cost and performance agents', 120],
    ['await-opinions', 'Waiting for the opinions of all agents', 60],
    ['refuse-cycles', 'Closing circles through the API', 30],
    ['refuse-planted-cycle', 'Walking along a circle in the rows', 30],
    ['approve-in-order', 'Approving an order that works', 30, ONCE.approval],
    ['monitor-execution', 'Following the first of them', 300, ONCE.execution],
    ['await-turn', 'Waiting for the turn of the second', 30, ONCE.execution],
  ),
};
