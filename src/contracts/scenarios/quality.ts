import { ONCE, phasesOf, type PhaseRow, type ScenarioDefinition } from './definition.ts';

/** Ten golden minutes of the world are ten wall seconds at 60; slower ones outlast a task's limit with 200 prompts. */
const FAST = { timeScale: { minimum: 30 } } as const;

const BASELINE: readonly PhaseRow[] = [
  ['trigger-quality-analysis', 'Asking the application agent', 10],
  ['await-baseline', 'Waiting for the golden baseline', 60],
];

/** From a baseline to what the agent says of a change that nobody announced. */
const UNTIL_JUDGED: readonly PhaseRow[] = [
  ...BASELINE,
  ['measure-before', 'Measuring the service before the change', 60],
  ['deploy-change', 'The customer’s own pipeline delivers', 90, ONCE.event],
  ['judge-change', 'Waiting for the change to be noticed and judged', 60, ONCE.event],
];

export const QUALITY_VALIDATION: ScenarioDefinition = {
  name: 'quality-validation',
  title: 'Quality validation',
  workflowType: 'qualityValidation',
  tags: ['e2e', 'quality'],
  description:
    'The customer’s own pipeline delivers a bad checkpoint or a wrong prompt template. The platform notices it, proves the drop with golden prompts, and goes back by itself, without a person.',
  phases: phasesOf(
    ...UNTIL_JUDGED,
    ['await-rollback', 'Waiting for the rollback nobody asked for', 60, ONCE.event],
    ['monitor-execution', 'Following the rollback', 180, ONCE.execution],
    ['verify-restored', 'Comparing the configuration with the one before', 30],
    ['validate-quality', 'Measuring quality and service afterwards', 60],
    ['verify-audit', 'Reading the audit', 30],
  ),
  requires: FAST,
  settings: [
    {
      name: 'fault',
      values: ['by-seed', 'revision', 'template'],
      otherwise: 'by-seed',
      about: 'what is delivered: a bad checkpoint or a wrong prompt template; by-seed takes both in turn',
    },
    {
      name: 'drop',
      values: ['0.12', '0.08', '0.02', '0'],
      otherwise: '0.12',
      about: 'how much worse answers become; below 0.05 no alarm may come, and the scenario is red for it',
    },
  ],
};

export const HARMLESS_CHANGE: ScenarioDefinition = {
  name: 'harmless-change',
  title: 'A change that keeps quality',
  workflowType: 'harmlessChange',
  variantOf: 'quality-validation',
  tags: ['e2e', 'quality'],
  description:
    'The pipeline delivers a checkpoint whose answers are as good as before, or worse by less than what counts. The platform looks, says so, and leaves the customer alone.',
  phases: phasesOf(...UNTIL_JUDGED, ['validate-quality', 'Measuring quality and service afterwards', 60]),
  requires: FAST,
  settings: [
    {
      name: 'drop',
      values: ['by-seed', '0', '0.02'],
      otherwise: 'by-seed',
      about: 'how much worse answers become; by-seed takes both in turn',
    },
  ],
};

export const BASELINE_ESTABLISHMENT: ScenarioDefinition = {
  name: 'baseline-establishment',
  title: 'Golden baseline',
  workflowType: 'baselineEstablishment',
  variantOf: 'quality-validation',
  tags: ['e2e', 'quality'],
  description:
    'A new customer’s answers to golden prompts become a baseline with sample size, deviation and interval. Where nodes are too slow to answer all of them there is none, and the finding says why.',
  phases: phasesOf(...BASELINE, ['refuse-thin-baseline', 'Asking nodes that cannot answer', 60]),
  requires: FAST,
};
