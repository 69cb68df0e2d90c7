import { ONCE, APPROVAL, phasesOf, type PhaseRow, type ScenarioDefinition } from './definition.ts';

/** From a running customer to one with fewer nodes, and what that did. */
const SCALED_IN: readonly PhaseRow[] = [
  ['record-initial-state', 'Recording initial state', 60],
  ['trigger-analysis', 'Asking the resource agent', 10],
  ['await-recommendation', 'Waiting for the recommendation', 120],
  ['read-analysis', 'Reading what the agent says of each deployment', 30],
  ['multi-agent-validation', 'Waiting for multi-agent validation', 60],
  ['take-snapshot', 'Reading world and cloud before anything changes', 30],
  APPROVAL,
  ['monitor-execution', 'Following the scale-in', 600, ONCE.execution],
  ['verify-fleet', 'Looking the fleet up in world and cloud', 30],
  ['validate-service', 'Measuring the service afterwards', 60],
  ['validate-savings', 'Validating cost savings', 60],
];

export const RIGHTSIZING: ScenarioDefinition = {
  name: 'rightsizing',
  title: 'Right-sizing',
  workflowType: 'rightsizing',
  variantOf: 'cross-cloud-optimization',
  tags: ['e2e', 'resource'],
  description:
    'A fleet of which a tenth is needed at its P95 minute is halved. The forecast for the smaller fleet is in the recommendation, and latency and cost are measured against it. A third in use is under-use too, but no reason to halve: with one node of the half missing, demand would be past what the latency model may speak about (60 %).',
  phases: phasesOf(...SCALED_IN, ['validate-latency', 'Measuring latency against its forecast', 30]),
  // Ten busy minutes of history are part of the fixture.
  requires: { timeScale: { minimum: 10 } },
};

export const IDLE_DETECTION: ScenarioDefinition = {
  name: 'idle-detection',
  title: 'Idle detection',
  workflowType: 'idleDetection',
  variantOf: 'cross-cloud-optimization',
  tags: ['e2e', 'resource'],
  description:
    'Of two deployments one has had no request for an hour of world time. It is found and shut down, the cost falls by what was said, and the busy one is neither proposed nor touched.',
  phases: phasesOf(['measure-use', 'Measuring the use of each deployment', 30], ...SCALED_IN),
  // The hour without a request is part of the fixture.
  requires: { timeScale: { minimum: 60 } },
};
