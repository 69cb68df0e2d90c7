import type { RunSubject, WindowActivities } from '../src/contracts/activities.ts';
import { fleetCostUsdPerMonth } from '../src/fixtures/index.ts';
import { heartbeating, type ActivityDependencies } from './context.ts';
import { readDiscoveredInventory } from './discovered-inventory.ts';
import { createEvidenceLog } from './evidence.ts';
import { INVENTORY_COST, recordTraffic, showUsd, windowWithRequests } from './measurements.ts';

const SAMPLES_DEADLINE_MS = 50_000;

/** Figures over a window, and of a moment, each by the platform and by a second witness. */
export function createWindowActivities(dependencies: ActivityDependencies): WindowActivities {
  return {
    measureWindow: (input) => heartbeating((progress) => measureWindow(dependencies, input, progress)),
    measureCost: ({ subject, prefix }) => heartbeating(() => measureCost(dependencies, subject, prefix)),
  };
}

async function measureWindow(
  dependencies: ActivityDependencies,
  { subject, prefix, sinceMs, requests }: Parameters<WindowActivities['measureWindow']>[0],
  progress: (details: unknown) => void,
): ReturnType<WindowActivities['measureWindow']> {
  const { harness, telemetry } = dependencies;
  const log = createEvidenceLog(harness.clock);
  const startMs = sinceMs === 'now' ? harness.clock.worldMs() : sinceMs;
  const wanted = { startMs, requests, deadlineMs: SAMPLES_DEADLINE_MS };
  const window = await windowWithRequests(dependencies, subject, wanted, progress);
  const traffic = await recordTraffic(dependencies, subject, log, prefix, window);
  const counted = await telemetry.requests({ customerId: subject.customerId, ...window });
  const record = (name: string, value: number | null, unit: string, sampleSize: number): void =>
    log.record(`${prefix}.${name}.clickhouse`, value, {
      unit,
      source: 'ClickHouse inference_requests',
      sampleSize,
    });
  record('latency.p95', counted.latencyMsP95, 'ms', counted.requests);
  record('quality', counted.meanQuality, 'score', counted.qualitySamples);
  record('requests', counted.requests, 'count', counted.requests);
  record(
    'error-rate',
    counted.requests === 0 ? null : counted.errors / counted.requests,
    'share',
    counted.requests,
  );
  const { slo } = await harness.clientOf(subject.email).preferences(subject.customerId);
  for (const [name, value, unit] of [
    ['latency.p95', slo.latency_ms_p95, 'ms'],
    ['latency.p99', slo.latency_ms_p99, 'ms'],
    ['latency.p95-degraded', slo.latency_ms_p95_degraded, 'ms'],
    ['error-rate', slo.error_rate, 'share'],
    ['quality', slo.quality_score, 'score'],
  ] as const) {
    log.record(`${prefix}.slo.${name}`, value, { unit, source: 'customer preferences' });
  }
  const p95 = traffic['latency.p95'];
  return {
    evidence: log.evidence,
    notes: [
      `${prefix}: P95 ${p95 === null ? 'unknown' : `${String(Math.round(p95))} ms`} over ${String(counted.requests)} requests, ${String(counted.errors)} errors`,
    ],
    output: window,
  };
}

async function measureCost(
  { harness, world }: ActivityDependencies,
  subject: RunSubject,
  prefix: string,
): ReturnType<WindowActivities['measureCost']> {
  const log = createEvidenceLog(harness.clock);
  const seen = await readDiscoveredInventory({ harness }, subject);
  const { platform: infrastructure, clouds: inventory } = seen;
  log.record(`cost.monthly.${prefix}.waited`, seen.waitedSeconds, {
    unit: 's',
    source: 'until platform and clouds named the same instances',
  });
  const usdPerMonth = await fleetCostUsdPerMonth(world, subject, inventory);
  log.record(`cost.monthly.${prefix}.platform`, infrastructure.monthly_cost, {
    unit: 'USD/month',
    source: 'GET /customers/{id}/infrastructure',
  });
  log.record(`cost.monthly.${prefix}.inventory`, usdPerMonth, {
    unit: 'USD/month',
    source: INVENTORY_COST,
    sampleSize: inventory.length,
  });
  return {
    evidence: log.evidence,
    notes: [`Monthly cost: ${showUsd(usdPerMonth)}`],
    output: { usdPerMonth },
  };
}
