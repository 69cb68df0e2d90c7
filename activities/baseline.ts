import type { BaselineActivities, RunSubject } from '../src/contracts/activities.ts';
import type { ScenarioInput } from '../src/contracts/runs.ts';
import { THRESHOLDS } from '../src/contracts/thresholds.ts';
import { fleetCostUsdPerMonth, inventoryOf } from '../src/fixtures/index.ts';
import { heartbeating, type ActivityDependencies } from './context.ts';
import { createEvidenceLog, type EvidenceLog } from './evidence.ts';
import { INVENTORY_COST, recordTraffic, showUsd, windowWithRequests } from './measurements.ts';

/** World time the baseline reaches back: a customer has run before it came to us. */
const LOOK_BACK_MS = 35_000;
const SAMPLES_DEADLINE_MS = 45_000;

/** Phase 1: everything that later phases compare with, read before anything changes. */
export function createBaselineActivities(dependencies: ActivityDependencies): BaselineActivities {
  return {
    recordInitialState: (input) =>
      heartbeating((progress) => recordInitialState(dependencies, input, progress)),
  };
}

async function recordInitialState(
  dependencies: ActivityDependencies,
  { subject, prices }: Parameters<BaselineActivities['recordInitialState']>[0],
  progress: (details: unknown) => void,
): ReturnType<BaselineActivities['recordInitialState']> {
  const { harness, telemetry } = dependencies;
  const log = createEvidenceLog(harness.clock);
  const startMs = harness.clock.worldMs() - LOOK_BACK_MS;
  const monthlyCostUsd = await recordCost(dependencies, log, subject, prices);
  const wanted = { startMs, requests: THRESHOLDS.baselineRequests, deadlineMs: SAMPLES_DEADLINE_MS };
  const window = await windowWithRequests(dependencies, subject, wanted, progress);
  const traffic = await recordTraffic(dependencies, subject, log, 'baseline', window);
  const counted = await telemetry.requests({ customerId: subject.customerId, ...window });
  log.record('baseline.requests.platform', sampleSizeOf(log, 'baseline.error-rate'), {
    unit: 'count',
    source: 'GET /customers/{id}/metrics error_rate',
  });
  log.record('baseline.requests.clickhouse', counted.requests, {
    unit: 'count',
    source: 'ClickHouse inference_requests',
  });
  const percentiles = [traffic['latency.p50'], traffic['latency.p95'], traffic['latency.p99']]
    .map(ms)
    .join(' / ');
  return {
    evidence: log.evidence,
    notes: [
      `Initial monthly cost: ${showUsd(monthlyCostUsd)}`,
      `Latency P50/P95/P99: ${percentiles} over ${String(counted.requests)} requests`,
    ],
    output: {
      monthlyCostUsd,
      meanQuality: traffic.quality,
      qualitySamples: counted.qualitySamples,
      latencyMsP95: traffic['latency.p95'],
      windowStartMs: window.startMs,
      windowEndMs: window.endMs,
    },
  };
}

/** What the platform says the fleet costs, what the cloud's inventory costs, what the contract says. */
async function recordCost(
  { harness, world }: ActivityDependencies,
  log: EvidenceLog,
  subject: RunSubject,
  prices: ScenarioInput['prices'],
): Promise<number> {
  const [infrastructure, inventory] = await Promise.all([
    harness.clientOf(subject.email).infrastructure(subject.customerId),
    inventoryOf(harness, subject),
  ]);
  log.record('cost.monthly.platform', infrastructure.monthly_cost, {
    unit: 'USD/month',
    source: 'GET /customers/{id}/infrastructure',
  });
  log.record('cost.monthly.inventory', await fleetCostUsdPerMonth(world, subject, inventory), {
    unit: 'USD/month',
    source: INVENTORY_COST,
    sampleSize: inventory.length,
  });
  log.record('cost.monthly.contract', THRESHOLDS.acmeMonthlyCostUsd[prices], {
    unit: 'USD/month',
    source: `reference fleet at ${prices} prices`,
  });
  return infrastructure.monthly_cost;
}

function sampleSizeOf(
  log: { evidence: readonly { name: string; sampleSize: number | null }[] },
  name: string,
): number | null {
  return log.evidence.find((each) => each.name === name)?.sampleSize ?? null;
}

function ms(value: number | null): string {
  return value === null ? '–' : `${String(Math.round(value))} ms`;
}
