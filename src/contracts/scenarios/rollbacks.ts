import {
  ONCE,
  APPROVAL,
  phasesOf,
  UNTIL_VALIDATED,
  type PhaseRow,
  type ScenarioDefinition,
} from './definition.ts';

/** A migration that must come back: the state is read before the approval, because the executor starts with it. */
const ROLLED_BACK: readonly PhaseRow[] = [
  ...UNTIL_VALIDATED,
  ['take-snapshot', 'Reading world and cloud before anything changes', 30],
  APPROVAL,
  ['monitor-execution', 'Following the rollout to its end', 600, ONCE.execution],
  ['verify-restored', 'Comparing world and cloud with the snapshot', 60],
  ['verify-audit', 'Reading the audit', 30],
  ['validate-service', 'Measuring the service afterwards', 60],
];

/** A canary is judged by at least 450 requests, which take ten world seconds: slower worlds than this take too long. */
const FAST = { timeScale: { minimum: 10 } } as const;

export const ROLLBACK: ScenarioDefinition = {
  name: 'rollback',
  title: 'Automatic rollback',
  workflowType: 'rollback',
  tags: ['e2e', 'rollback'],
  description:
    'The rollout fails at a chosen step. The platform undoes it without a person, the state equals the snapshot by the world’s own word, and the audit is complete, within five minutes of world time.',
  phases: phasesOf(...ROLLED_BACK),
  requires: FAST,
  settings: [
    {
      name: 'fail-at',
      values: [
        'create_spot_instances',
        'validate_canary',
        'validate_50_percent',
        'full_migration',
        'terminate_ondemand',
      ],
      otherwise: 'validate_50_percent',
      about: 'the step that fails',
    },
  ],
};

export const SPOT_ROLLBACK: ScenarioDefinition = {
  name: 'spot-rollback',
  title: 'Spot migration with a bad canary',
  workflowType: 'spotRollback',
  variantOf: 'spot-migration',
  tags: ['e2e', 'cost', 'rollback'],
  description:
    'The spot nodes answer worse than the nodes they replace. The canary is judged red before a tenth of the traffic has seen it for long, and everything comes back.',
  phases: phasesOf(...ROLLED_BACK),
  requires: FAST,
};

export const SPOT_NO_CAPACITY: ScenarioDefinition = {
  name: 'spot-no-capacity',
  title: 'Spot migration without capacity',
  workflowType: 'spotNoCapacity',
  variantOf: 'spot-migration',
  tags: ['e2e', 'cost', 'rollback'],
  description:
    'No pool of the region has spot machines when the rollout begins. It ends with that reason, nothing is left behind, the customer stays on demand.',
  phases: phasesOf(...ROLLED_BACK),
  requires: FAST,
};
