import { describe, expect, it } from 'vitest';

import * as phases from '../../../src/assertions/spot-migration.ts';
import { MIGRATION_STEPS } from '../../../src/contracts/api/recommendations.ts';
import type { Evidence, EvidenceSet, EvidenceValue, Gate } from '../../../src/contracts/runs.ts';

const SAMPLES = 4_000;

function evidence(values: Readonly<Record<string, EvidenceValue>>): EvidenceSet {
  const entries = Object.entries(values).map(([name, value]): [string, Evidence] => [
    name,
    {
      name,
      value,
      unit: 'unit',
      source: 'a test',
      sampleSize: SAMPLES,
      observedAt: '2026-11-22T12:00:00.000Z',
    },
  ]);
  return Object.fromEntries(entries);
}

/** A migration as it should go. Every gate is green on it, and red on the change that stands beside its name below. */
const good: Readonly<Record<string, EvidenceValue>> = {
  'cost.monthly.platform': 120_012,
  'cost.monthly.contract': 120_000,
  'cost.monthly.inventory': 120_012,
  'baseline.latency.p50': 819,
  'baseline.latency.p95': 1_604,
  'baseline.latency.p99': 2_059,
  'baseline.throughput': 45,
  'baseline.error-rate': 0,
  'baseline.quality': 0.94,
  'baseline.requests.platform': 3_100,
  'baseline.requests.clickhouse': 3_100,
  'analysis.id': ['anl_1'],
  'analysis.task-at-cost-agent-only': true,
  'recommendation.type': 'spot_migration',
  'recommendation.agent': 'cost',
  'recommendation.risk': 'medium',
  'recommendation.savings': 55_418,
  'recommendation.range-holds-estimate': true,
  'recommendation.reasons': ['spot is cheaper'],
  'plan.replace': ['i-1', 'i-2', 'i-3'],
  'plan.zones': ['us-east-1a'],
  'plan.kept-on-demand-share': 0.25,
  'recommendation.seconds': 2,
  'recommendation.in-database': true,
  'recommendation.status': 'validated',
  'validation.approved-by.database': ['application', 'performance', 'resource'],
  'validation.vetoes': 0,
  'slo.latency.p95-degraded': 3_600,
  'validation.performance.predicted-p95-one-node-missing': 3_050,
  'validation.application.baseline': 0.94,
  'validation.application.baseline-interval-width': 0.004,
  'approval.optimization': ['opt_1'],
  'approval.second-attempt': '409 ALREADY_DECIDED',
  'approval.in-database': true,
  'approval.audited': true,
  'optimization.status': 'completed',
  'optimization.completed-steps': [...MIGRATION_STEPS],
  'optimization.steps-carry-evidence': true,
  'traffic.new-nodes-share.at-10': 0.1,
  'traffic.new-nodes-share.at-50': 0.5,
  'traffic.target-fleet-share.at-100': 1,
  'cloud.replaced-nodes-terminated': true,
  'cloud.kept-nodes-running': true,
  'cloud.spot-nodes-running': true,
  'events.ordered-and-complete': true,
  'audit.chain-valid': true,
  'after.quality': 0.941,
  'after.quality.clickhouse': 0.941,
  'after.latency.p50': 820,
  'after.latency.p95': 1_610,
  'after.latency.p99': 2_070,
  'after.error-rate': 0,
  'slo.latency.p95': 2_000,
  'slo.latency.p99': 3_000,
  'cost.monthly.after.platform': 62_850,
  'cost.monthly.after.inventory': 62_850,
  'savings.measured': 57_150,
  'savings.platform': 57_150,
  'learning.pattern-in-qdrant': true,
  'learning.nearest-neighbour': true,
  'learning.outcome-in-database': true,
  'learning.twin-uses-pattern': true,
  'learning.twin-forecast': 57_000,
};

/** One change a gate must see: gate name → the evidence that turns it red. */
const red: Readonly<Record<string, Readonly<Record<string, EvidenceValue>>>> = {
  'monthly-cost-is-the-contract': { 'cost.monthly.platform': 60_000 },
  'monthly-cost-agrees-with-inventory': { 'cost.monthly.inventory': 90_000 },
  'baseline-latency-p50': { 'baseline.latency.p50': 0 },
  'baseline-latency-p95': { 'baseline.latency.p95': 0 },
  'baseline-latency-p99': { 'baseline.latency.p99': 0 },
  'baseline-throughput': { 'baseline.throughput': 0 },
  'baseline-error-rate': { 'baseline.error-rate': 0.001 },
  'baseline-quality': { 'baseline.quality': 0.89 },
  'requests-agree-with-clickhouse': { 'baseline.requests.clickhouse': 3_099 },
  'analysis-started': { 'analysis.id': [] },
  'task-at-cost-agent-only': { 'analysis.task-at-cost-agent-only': false },
  'recommendation-type': { 'recommendation.type': 'right_sizing' },
  'recommendation-agent': { 'recommendation.agent': 'resource' },
  'recommendation-risk': { 'recommendation.risk': 'high' },
  'recommendation-saving': { 'recommendation.savings': 10_000 },
  'recommendation-range': { 'recommendation.range-holds-estimate': false },
  'recommendation-reasons': { 'recommendation.reasons': [] },
  'plan-names-nodes': { 'plan.replace': [] },
  'plan-names-zones': { 'plan.zones': [] },
  'plan-keeps-on-demand': { 'plan.kept-on-demand-share': 0 },
  'recommendation-in-time': { 'recommendation.seconds': 61 },
  'recommendation-in-database': { 'recommendation.in-database': false },
  'recommendation-validated': { 'recommendation.status': 'pending' },
  'multi-agent-coordination': { 'validation.approved-by.database': ['performance', 'resource'] },
  'no-veto': { 'validation.vetoes': 1 },
  'forecast-with-one-node-missing': { 'validation.performance.predicted-p95-one-node-missing': 3_601 },
  'quality-baseline-recorded': { 'validation.application.baseline': 0.89 },
  'quality-baseline-interval': { 'validation.application.baseline-interval-width': 0 },
  'optimization-created': { 'approval.optimization': [] },
  'second-approval-refused': { 'approval.second-attempt': '200 opt_2' },
  'approval-in-database': { 'approval.in-database': false },
  'approval-audited': { 'approval.audited': false },
  'optimization-successful': { 'optimization.status': 'rolled_back' },
  'execution-steps-completed': { 'optimization.completed-steps': MIGRATION_STEPS.slice(0, 6) },
  'steps-carry-evidence': { 'optimization.steps-carry-evidence': false },
  'traffic-at-10-percent': { 'traffic.new-nodes-share.at-10': 0.14 },
  'traffic-at-50-percent': { 'traffic.new-nodes-share.at-50': 0.1 },
  'traffic-at-100-percent': { 'traffic.target-fleet-share.at-100': 0.99 },
  'on-demand-terminated-in-cloud': { 'cloud.replaced-nodes-terminated': false },
  'kept-share-still-there': { 'cloud.kept-nodes-running': false },
  'spot-nodes-running': { 'cloud.spot-nodes-running': false },
  'live-events-ordered-and-complete': { 'events.ordered-and-complete': false },
  'audit-chain-valid': { 'audit.chain-valid': false },
  'quality-maintained': { 'after.quality': 0.899 },
  'no-quality-degradation': { 'after.quality': 0.89, 'baseline.quality': 0.94 },
  'latency-p95-kept': { 'after.latency.p95': 2_001 },
  'latency-p99-kept': { 'after.latency.p99': 3_001 },
  'error-rate': { 'after.error-rate': 0.001 },
  'quality-agrees-with-clickhouse': { 'after.quality.clickhouse': 0.9 },
  'cost-reduced': { 'cost.monthly.after.platform': 72_100 },
  'new-cost-agrees-with-inventory': { 'cost.monthly.after.inventory': 60_000 },
  'savings-match-prediction': { 'savings.measured': 44_000 },
  'actual-savings-reported': { 'savings.platform': 40_000 },
  'pattern-stored': { 'learning.pattern-in-qdrant': false },
  'pattern-is-nearest-neighbour': { 'learning.nearest-neighbour': false },
  'outcome-row': { 'learning.outcome-in-database': false },
  'twin-forecast-uses-pattern': { 'learning.twin-uses-pattern': false },
  'twin-forecast-not-worse': { 'learning.twin-forecast': 40_000 },
};

const gates: readonly Gate[] = Object.values(phases).flat();
const named = gates.map((gate) => ({ gate, name: gate(evidence(good)).gate }));

describe('gates of the spot migration', () => {
  it('each have a name of their own and a change that turns them red', () => {
    const names = named.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(Object.keys(red).sort()).toEqual([...names].sort());
  });

  it.each(named)('$name passes on a migration as it should go', ({ gate }) => {
    expect(gate(evidence(good))).toMatchObject({ verdict: 'passed' });
  });

  it.each(named)('$name is red when what it guards is wrong', ({ gate, name }) => {
    const result = gate(evidence({ ...good, ...red[name] }));
    expect(result).toMatchObject({ verdict: 'failed' });
    expect(result.reason).not.toBe('');
    expect(result.expected).not.toBe('');
  });

  it.each(named)('$name is inconclusive without its evidence', ({ gate }) => {
    expect(gate({})).toMatchObject({ verdict: 'inconclusive' });
    const empty = Object.fromEntries(Object.keys(good).map((name) => [name, null]));
    expect(gate(evidence(empty))).toMatchObject({ verdict: 'inconclusive' });
  });

  it('are inconclusive on figures from too few samples', () => {
    const thin = Object.fromEntries(
      Object.entries(evidence(good)).map(([name, each]) => [name, { ...each, sampleSize: 10 }]),
    );
    const verdicts = Object.fromEntries(named.map(({ gate, name }) => [name, gate(thin).verdict]));
    for (const name of [
      'baseline-latency-p95',
      'traffic-at-10-percent',
      'quality-maintained',
      'error-rate',
    ]) {
      expect(verdicts[name], name).toBe('inconclusive');
    }
  });
});
