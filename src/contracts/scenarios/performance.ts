import { ONCE, APPROVAL, phasesOf, type PhaseRow, type ScenarioDefinition } from './definition.ts';

/** From a running customer to the performance agent's plan. */
const PROPOSED: readonly PhaseRow[] = [
  ['record-initial-state', 'Recording initial state', 60],
  ['trigger-analysis', 'Asking the performance agent', 10],
  ['await-recommendation', 'Waiting for the recommendation', 120],
];

/** The plan agreed on, with the state it starts from. */
const AGREED: readonly PhaseRow[] = [
  ['multi-agent-validation', 'Waiting for multi-agent validation', 60],
  ['take-snapshot', 'Reading world and cloud before anything changes', 30],
  APPROVAL,
  ['monitor-execution', 'Following the rollout of the configuration', 600, ONCE.execution],
];

/** What the new configuration has brought. */
const MEASURED: readonly PhaseRow[] = [
  ['verify-configuration', 'Reading the configuration of every node', 30],
  ['validate-service', 'Measuring latency, errors and quality', 60],
  ['validate-forecast', 'Measuring latency against its forecast', 30],
  ['verify-learning', 'Reading what was learned', 60],
];

/** A stage is judged by hundreds of requests and an engine restarts for minutes of world time. */
const FAST = { timeScale: { minimum: 30 } } as const;

export const PERFORMANCE_OPTIMIZATION: ScenarioDefinition = {
  name: 'performance-optimization',
  title: 'Performance optimization',
  workflowType: 'performanceOptimization',
  tags: ['e2e', 'performance'],
  description:
    'Acme has promised a P95 of 1,000 ms and serves at about 1,600. The performance agent finds the configuration that keeps the promise; it is rolled out node by node, each stage judged, and measured against what was predicted.',
  phases: phasesOf(...PROPOSED, ...AGREED, ...MEASURED),
  requires: FAST,
};

export const QUANTIZATION: ScenarioDefinition = {
  name: 'quantization',
  title: 'Quantization fit for the GPU',
  workflowType: 'quantization',
  variantOf: 'performance-optimization',
  tags: ['e2e', 'performance'],
  description:
    'Two fleets that are tuned but for their weights: H100 computes in FP8, A100 cannot and is told why. What fits is carried out on the H100 fleet and measured.',
  phases: phasesOf(...PROPOSED, ['read-fit', 'Reading what fits which GPU', 60], ...AGREED, ...MEASURED),
  requires: FAST,
};

export const PERFORMANCE_ROLLBACK: ScenarioDefinition = {
  name: 'performance-rollback',
  title: 'Configuration with a bad canary',
  workflowType: 'performanceRollback',
  variantOf: 'performance-optimization',
  tags: ['e2e', 'performance', 'rollback'],
  description:
    'The build is slower with the recommended weights than published. The first node with the new configuration is judged red, the configuration comes back by itself, and users are off the bad node within five minutes at time scale 1 (rollback.detection.scale-one-seconds; a faster world stretches the platform’s own work). The engine of that node then restarts for 330 s of world time with a standard image (142 s with a baked one), so the whole way back takes longer than five minutes; it is reported as rollback.world-seconds.',
  phases: phasesOf(
    ...PROPOSED,
    ...AGREED,
    ['verify-restored', 'Comparing world and cloud with the snapshot', 60],
    ['verify-audit', 'Reading the audit', 30],
    ['validate-service', 'Measuring the service afterwards', 60],
  ),
  requires: FAST,
};
