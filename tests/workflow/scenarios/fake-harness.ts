import { ApplicationFailure } from '@temporalio/common';

import type {
  ExecutionEnd,
  HarnessActivities,
  Observation,
  RunSubject,
} from '../../../src/contracts/activities.ts';
import type { Evidence, EvidenceValue, RunState } from '../../../src/contracts/runs.ts';
import { evidenceOf, goodMigration } from '../../fixtures/migration-evidence.ts';

/** Which evidence each observing activity brings, by the beginning of its name. */
const BRINGS = {
  recordInitialState: [
    'cost.monthly.platform',
    'cost.monthly.contract',
    'cost.monthly.inventory',
    'baseline.',
  ],
  triggerAnalysis: ['analysis.'],
  awaitRecommendation: ['recommendation.', 'plan.'],
  awaitValidations: ['validation.', 'slo.latency.p95-degraded'],
  approve: ['approval.'],
  monitorExecution: ['optimization.', 'traffic.', 'cloud.', 'events.', 'audit.'],
  measureQuality: ['after.', 'slo.latency.p95', 'slo.latency.p99'],
  measureSavings: ['cost.monthly.after.', 'savings.'],
  verifyLearning: ['learning.'],
} as const;
export type Observer = keyof typeof BRINGS;

export type Change = Readonly<Record<string, Partial<Evidence> & { readonly value?: EvidenceValue }>>;

/** An observation as a good migration gives it, with `change` in some of its evidence. */
export function observed<T>(by: Observer, output: T, change: Change = {}): Observation<T> {
  const prefixes: readonly string[] = BRINGS[by];
  const values = Object.entries(goodMigration).filter(
    ([name]) => ownerOf(name, prefixes) && (by !== 'awaitRecommendation' || name !== 'recommendation.status'),
  );
  const status = by === 'awaitValidations' ? [['recommendation.status', 'validated'] as const] : [];
  const evidence = Object.values(evidenceOf(Object.fromEntries([...values, ...status])));
  return { evidence: evidence.map((each) => ({ ...each, ...change[each.name] })), notes: [by], output };
}

function ownerOf(name: string, prefixes: readonly string[]): boolean {
  return prefixes.some((prefix) => (prefix.endsWith('.') ? name.startsWith(prefix) : name === prefix));
}

function subjectOf(runId: string, companyName: string): RunSubject {
  const name = companyName.toLowerCase().replaceAll(' ', '-');
  return {
    runId,
    email: `${name}.${runId}@e2e.example`,
    customerId: `cus_${name}`,
    siteId: `site_${name}`,
    accountId: '123456789012',
    region: 'us-east-1',
    deployment: 'vllm-prod-1',
    instanceType: 'p4d.24xlarge',
    accounts: [
      {
        provider: 'aws',
        region: 'us-east-1',
        accountId: '123456789012',
        roleArn: 'arn:aws:iam::123456789012:role/OptiInfraRole',
        serviceAccount: null,
      },
    ],
    deployments: [
      {
        name: 'vllm-prod-1',
        provider: 'aws',
        region: 'us-east-1',
        instanceType: 'p4d.24xlarge',
        nodes: 4,
        requestsPerSecond: 45,
      },
    ],
  };
}

export const executionEnd: ExecutionEnd = {
  status: 'completed',
  settledAtMs: 2_000,
  wallMs: 60_000,
  worldMs: 3_600_000,
};

export const baseline = {
  monthlyCostUsd: 120_012,
  meanQuality: 0.94,
  qualitySamples: 3_000,
  latencyMsP95: 1_604,
  windowStartMs: 1_000,
  windowEndMs: 61_000,
};

/** Everything asked of one run's activities, in order, and what was published at its end. */
export interface Journal {
  readonly lines: string[];
  readonly published: RunState[];
}

/** Activities of a migration that goes well; `change` replaces some of them. */
export function goodActivities(
  { lines, published }: Journal,
  change: Partial<HarnessActivities> = {},
): HarnessActivities {
  const activities: HarnessActivities = {
    prepareCustomer: async ({ runId, companyName }) => subjectOf(runId, companyName),
    injectFault: async ({ fault }) => fault.fault.kind,
    act: () => notAsked('act'),
    takeSnapshot: () => notAsked('takeSnapshot'),
    compareWithSnapshot: () => notAsked('compareWithSnapshot'),
    readAudit: () => notAsked('readAudit'),
    measureWindow: () => notAsked('measureWindow'),
    measureCost: () => notAsked('measureCost'),
    awaitOwnAccord: () => notAsked('awaitOwnAccord'),
    awaitEvent: () => notAsked('awaitEvent'),
    countFleet: () => notAsked('countFleet'),
    prepareProspect: () => notAsked('prepareProspect'),
    signUp: () => notAsked('signUp'),
    tryOnboarding: () => notAsked('tryOnboarding'),
    onboard: () => notAsked('onboard'),
    readInstallCommand: () => notAsked('readInstallCommand'),
    connectRuntime: () => notAsked('connectRuntime'),
    awaitDiscovery: () => notAsked('awaitDiscovery'),
    analyseByAll: () => notAsked('analyseByAll'),
    readDashboard: () => notAsked('readDashboard'),
    approveInPortal: () => notAsked('approveInPortal'),
    countLiveUpdates: () => notAsked('countLiveUpdates'),
    readHeartbeats: () => notAsked('readHeartbeats'),
    findOptimum: () => notAsked('findOptimum'),
    readPlacements: () => notAsked('readPlacements'),
    readAnalysis: () => notAsked('readAnalysis'),
    measureUse: () => notAsked('measureUse'),
    inspectFleet: () => notAsked('inspectFleet'),
    measureLatencyForecast: () => notAsked('measureLatencyForecast'),
    readTuning: () => notAsked('readTuning'),
    inspectConfiguration: () => notAsked('inspectConfiguration'),
    readLesson: () => notAsked('readLesson'),
    readBaseline: () => notAsked('readBaseline'),
    awaitDeployed: () => notAsked('awaitDeployed'),
    awaitComparison: () => notAsked('awaitComparison'),
    readDecisions: () => notAsked('readDecisions'),
    analyseTogether: () => notAsked('analyseTogether'),
    awaitOpinions: () => notAsked('awaitOpinions'),
    resolveConflict: () => notAsked('resolveConflict'),
    executeResolution: () => notAsked('executeResolution'),
    approveOnBusyDeployment: () => notAsked('approveOnBusyDeployment'),
    readAcknowledgements: () => notAsked('readAcknowledgements'),
    followTogether: () => notAsked('followTogether'),
    compareWithExecuted: () => notAsked('compareWithExecuted'),
    cleanUp: async () => [],
    protectRetiring: () => notAsked('protectRetiring'),
    inspectPartialRollback: () => notAsked('inspectPartialRollback'),
    refuseCycles: () => notAsked('refuseCycles'),
    refusePlantedCycle: () => notAsked('refusePlantedCycle'),
    approveInOrder: () => notAsked('approveInOrder'),
    awaitTurn: () => notAsked('awaitTurn'),
    recordInitialState: async () => observed('recordInitialState', baseline),
    triggerAnalysis: async () =>
      observed('triggerAnalysis', { analysisId: 'anl_1', startedAt: '2026-11-22T12:00:00.000Z' }),
    awaitRecommendation: async () => observed('awaitRecommendation', { recommendationId: 'rec_1' }),
    awaitValidations: async () => observed('awaitValidations', {}),
    approve: async () => observed('approve', { optimizationId: 'opt_1' }),
    awaitDecisionElsewhere: () => Promise.reject(new Error('nobody waits for a decision')),
    recordDecision: async () => observed('approve', { optimizationId: 'opt_1' }),
    monitorExecution: async () => observed('monitorExecution', executionEnd),
    measureQuality: async () => observed('measureQuality', {}),
    measureSavings: async () => observed('measureSavings', { savingsUsdPerMonth: 57_150 }),
    verifyLearning: async () => observed('verifyLearning', {}),
    checkScenario: () => notAsked('checkScenario'),
    publishSuite: () => notAsked('publishSuite'),
    collectEvidence: async () => 'f00d',
    publishRun: async ({ run }) => {
      published.push(run);
      return { directory: 'runs', problems: [] };
    },
    ...change,
  };
  return noting(activities, lines);
}

/** A spot migration asks nothing of these; a test that needs one brings it. */
function notAsked(name: string): Promise<never> {
  return Promise.reject(ApplicationFailure.create({ type: 'USAGE', message: `${name} was not expected` }));
}

function noting(activities: HarnessActivities, lines: string[]): HarnessActivities {
  const entries = Object.entries(activities).map(([name, run]) => [
    name,
    async (input: unknown) => {
      lines.push(`${name}${about(input)}`);
      return (run as (input: unknown) => Promise<unknown>)(input);
    },
  ]);
  return Object.fromEntries(entries) as HarnessActivities;
}

function about(input: unknown): string {
  const { companyName, fault, decision } = input as {
    companyName?: string;
    fault?: { fault: { kind: string } };
    decision?: { decision: string; by: string };
  };
  const words = [companyName, fault?.fault.kind, decision && `${decision.decision} by ${decision.by}`];
  return words.flatMap((word) => (word === undefined ? [] : [` (${word})`])).join('');
}
