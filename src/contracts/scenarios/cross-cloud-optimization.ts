import { ONCE, APPROVAL, phasesOf, type ScenarioDefinition } from './definition.ts';

export const DATA_TRANSFER: ScenarioDefinition = {
  name: 'data-transfer',
  title: 'Data transfer',
  workflowType: 'dataTransfer',
  variantOf: 'cross-cloud-optimization',
  tags: ['e2e', 'cost', 'placement'],
  description:
    'Machines like those of a customer on GCP cost less on AWS, but the photographs its users send would have to leave GCP. The move nets less than nothing: none is proposed, and the finding says the number that the harness computes itself.',
  phases: phasesOf(
    ['record-initial-state', 'Recording initial state', 60],
    ['find-optimum', 'Trying every placement', 30],
    ['take-snapshot', 'Reading world and clouds before anything changes', 30],
    ['trigger-cost-analysis', 'Triggering cost agent analysis', 10],
    ['compare-with-optimum', 'Comparing what is said with the best of all placements', 120],
    ['verify-unchanged', 'Comparing world and clouds with the snapshot', 30],
  ),
  requires: { timeScale: { minimum: 10 }, clouds: ['aws', 'gcp'] },
  settings: [
    {
      name: 'users-send',
      values: ['photographs', 'text'],
      otherwise: 'photographs',
      about: 'text is the proof that it could be otherwise: a move pays then, and the scenario is red',
    },
  ],
};

export const CROSS_CLOUD_OPTIMIZATION: ScenarioDefinition = {
  name: 'cross-cloud-optimization',
  title: 'Cross-cloud optimization',
  workflowType: 'crossCloudOptimization',
  tags: ['e2e', 'cost', 'placement'],
  description:
    'One deployment on AWS, one on GCP, three places to run them. The proposed placement is what the harness finds by trying every one; it is carried out, the machines that are left are really gone, and the bill is measured against the forecast.',
  phases: phasesOf(
    ['record-initial-state', 'Recording initial state', 60],
    ['find-optimum', 'Trying every placement', 30],
    ['trigger-cost-analysis', 'Triggering cost agent analysis', 10],
    ['await-recommendation', 'Waiting for the placement', 120],
    ['compare-with-optimum', 'Comparing with the best of all placements', 30],
    ['multi-agent-validation', 'Waiting for multi-agent validation', 60],
    ['take-snapshot', 'Reading world and clouds before anything changes', 30],
    APPROVAL,
    ['monitor-execution', 'Moving the deployment to another cloud', 600, ONCE.execution],
    ['verify-fleet', 'Looking the fleet up in world and clouds', 30],
    ['validate-service', 'Measuring the service afterwards', 60],
    ['validate-latency', 'Measuring latency against its forecast', 30],
    ['validate-savings', 'Validating cost savings', 60],
  ),
  requires: { timeScale: { minimum: 10 }, clouds: ['aws', 'gcp'] },
};
