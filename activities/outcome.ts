import type { OutcomeActivities } from '../src/contracts/activities.ts';
import { CANARY } from '../src/contracts/thresholds.ts';
import { fleetCostUsdPerMonth } from '../src/fixtures/index.ts';
import { heartbeating, type ActivityDependencies } from './context.ts';
import { readDiscoveredInventory } from './discovered-inventory.ts';
import { createEvidenceLog } from './evidence.ts';
import { recordMeasured } from './forecast.ts';
import { INVENTORY_COST, recordTraffic, showUsd, windowWithRequests } from './measurements.ts';

const SAMPLES_DEADLINE_MS = 50_000;

/** Phases 7 and 8: what the customer got, measured after all traffic had moved. */
export function createOutcomeActivities(dependencies: ActivityDependencies): OutcomeActivities {
  return {
    measureQuality: (input) => heartbeating((progress) => measureQuality(dependencies, input, progress)),
    measureSavings: (input) => heartbeating(() => measureSavings(dependencies, input)),
  };
}

async function measureQuality(
  dependencies: ActivityDependencies,
  { subject, sinceMs }: Parameters<OutcomeActivities['measureQuality']>[0],
  progress: (details: unknown) => void,
): ReturnType<OutcomeActivities['measureQuality']> {
  const { harness, telemetry } = dependencies;
  const log = createEvidenceLog(harness.clock);
  const wanted = {
    startMs: sinceMs,
    requests: CANARY.cleanRequestsForErrorRate,
    deadlineMs: SAMPLES_DEADLINE_MS,
  };
  const window = await windowWithRequests(dependencies, subject, wanted, progress);
  const traffic = await recordTraffic(dependencies, subject, log, 'after', window);
  const counted = await telemetry.requests({ customerId: subject.customerId, ...window });
  log.record('after.quality.clickhouse', counted.meanQuality, {
    unit: 'score',
    source: 'ClickHouse inference_requests',
    sampleSize: counted.qualitySamples,
  });
  const { slo } = await harness.clientOf(subject.email).preferences(subject.customerId);
  log.record('slo.latency.p95', slo.latency_ms_p95, { unit: 'ms', source: 'customer preferences' });
  log.record('slo.latency.p99', slo.latency_ms_p99, { unit: 'ms', source: 'customer preferences' });
  const quality = traffic.quality === null ? 'unknown' : traffic.quality.toFixed(3);
  return {
    evidence: log.evidence,
    notes: [
      `Quality ${quality} over ${String(counted.qualitySamples)} answers, ${String(counted.errors)} errors`,
    ],
    output: {},
  };
}

async function measureSavings(
  { harness, world }: ActivityDependencies,
  { subject, baseline, recommendationId, optimizationId }: Parameters<OutcomeActivities['measureSavings']>[0],
): ReturnType<OutcomeActivities['measureSavings']> {
  const log = createEvidenceLog(harness.clock);
  const client = harness.clientOf(subject.email);
  const { platform: infrastructure, clouds: inventory } = await readDiscoveredInventory({ harness }, subject);
  const [recommendation, optimization] = await Promise.all([
    client.recommendation(recommendationId),
    client.optimization(optimizationId),
  ]);
  const seen = await fleetCostUsdPerMonth(world, subject, inventory);
  const measured = baseline.monthlyCostUsd === null ? null : baseline.monthlyCostUsd - seen;
  log.record('cost.monthly.after.platform', infrastructure.monthly_cost, {
    unit: 'USD/month',
    source: 'GET /customers/{id}/infrastructure',
  });
  log.record('cost.monthly.after.inventory', seen, {
    unit: 'USD/month',
    source: INVENTORY_COST,
    sampleSize: inventory.length,
  });
  log.record('savings.measured', measured, {
    unit: 'USD/month',
    source: 'inventory before − inventory after',
  });
  log.record('savings.platform', optimization.actual_savings, {
    unit: 'USD/month',
    source: 'GET /optimizations/{id}',
  });
  recordMeasured(log, 'savings', {
    predicted: recommendation.forecast.savings_usd_per_month,
    measured,
    source: 'inventory before − inventory after',
  });
  return {
    evidence: log.evidence,
    notes: [`New monthly cost: ${showUsd(seen)}`, `Actual savings: ${showUsd(measured)}/month`],
    output: measured === null ? null : { savingsUsdPerMonth: measured },
  };
}
