import { AGENT_TYPES } from '../../../contracts/api/common.ts';
import type { MetricType } from '../../../contracts/api/customers.ts';
import {
  TERMINAL_OPTIMIZATION_STATUSES,
  type DashboardResponse,
} from '../../../contracts/api/recommendations.ts';
import { costOfFleet } from '../inventory/cost.ts';
import { readInstances } from '../inventory/store.ts';
import { readMetric } from '../metrics/service.ts';
import { listRecommendations } from '../recommendations/store.ts';
import { viewRecommendations } from '../recommendations/views.ts';
import { allAgents } from '../registry/service.ts';
import type { OrchestratorServices, Trx } from '../services.ts';
import { agentCards, nonConflictingSavings } from './policy.ts';

/** An hour of world time by the minute. */
const SERIES_RANGE_MS = 3_600_000;
const SERIES_RESOLUTION_SECONDS = 60;
const SERIES: readonly MetricType[] = ['cost_rate', 'latency_p95', 'throughput', 'quality_score'];
const RECOMMENDATIONS_SHOWN = 20;

export async function readDashboard(
  services: OrchestratorServices,
  customerId: string,
): Promise<DashboardResponse> {
  const [stored, agents, series] = await Promise.all([
    services.database.asCustomer(customerId, (trx) => readStored(trx, customerId)),
    allAgents(services),
    readSeries(services, customerId),
  ]);
  return { ...stored, agents: agentCards(AGENT_TYPES, agents), series };
}

async function readStored(
  trx: Trx,
  customerId: string,
): Promise<Omit<DashboardResponse, 'agents' | 'series'>> {
  const instances = await readInstances(trx, customerId);
  const rows = await listRecommendations(trx, customerId, {
    statuses: ['validated'],
    limit: RECOMMENDATIONS_SHOWN,
  });
  const recommendations = await viewRecommendations(
    trx,
    rows.filter(({ vetoed }) => !vetoed),
  );
  const active = await trx
    .selectFrom('optimizations')
    .select((row) => row.fn.countAll<number>().as('count'))
    .where('customer_id', '=', customerId)
    .where('status', 'not in', [...TERMINAL_OPTIMIZATION_STATUSES])
    .executeTakeFirstOrThrow();
  return {
    current_spend: costOfFleet(instances).monthlyCostUsd,
    potential_savings: nonConflictingSavings(recommendations),
    recommendations,
    active_optimizations: active.count,
  };
}

async function readSeries(
  services: OrchestratorServices,
  customerId: string,
): Promise<DashboardResponse['series']> {
  const endMs = services.clock.worldMs();
  const startMs = endMs - SERIES_RANGE_MS;
  const entries = SERIES.map(async (metricType) => {
    const range = { metricType, startMs, endMs, resolution: SERIES_RESOLUTION_SECONDS };
    const { points } = await readMetric(services.clickhouse, customerId, range);
    return [metricType, points.map(({ timestamp, value }) => ({ timestamp, value }))] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}
