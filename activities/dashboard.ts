import type { RunSubject } from '../src/contracts/activities.ts';
import { HOURS_PER_MONTH } from '../src/contracts/api/common.ts';
import type { DashboardResponse, Recommendation } from '../src/contracts/api/recommendations.ts';
import type { JourneyActivities } from '../src/contracts/journey-activities.ts';
import { fleetCostUsdPerMonth, inventoryOf } from '../src/fixtures/index.ts';
import type { ActivityDependencies } from './context.ts';
import { createEvidenceLog, type EvidenceLog } from './evidence.ts';
import { INVENTORY_COST, showUsd } from './measurements.ts';

const MINUTE_MS = 60_000;
const DASHBOARD = 'GET /api/portal/customers/{id}/dashboard at the portal';
const OFFERS = 'PostgreSQL recommendations';

/** What the portal shows a customer first, each figure looked up where it must come from. */
export async function readDashboard(
  dependencies: ActivityDependencies,
  subject: RunSubject,
): ReturnType<JourneyActivities['readDashboard']> {
  const { harness } = dependencies;
  const log = createEvidenceLog(harness.clock);
  const shown = await harness.portalOf(subject.email).dashboard(subject.customerId);
  await recordSpend(dependencies, log, subject, shown);
  await recordOffers(dependencies, log, subject, shown);
  await recordCurves(dependencies, log, subject, shown);
  log.record(
    'dashboard.healthy-agents',
    shown.agents.filter(({ status }) => status === 'healthy').map(({ agent_type: type }) => type),
    { unit: 'text', source: DASHBOARD },
  );
  const highest = highestOf(shown);
  return {
    evidence: log.evidence,
    notes: [
      `Spend ${showUsd(shown.current_spend)}, could save ${showUsd(shown.potential_savings)}`,
      `Highest: ${highest?.title ?? 'none'}`,
    ],
    output: highest === undefined ? null : { highestSavingId: highest.id },
  };
}

async function recordSpend(
  { harness, database, world }: ActivityDependencies,
  log: EvidenceLog,
  subject: RunSubject,
  shown: DashboardResponse,
): Promise<void> {
  const [[stored], inventory] = await Promise.all([
    database.rows<{ usd: number | null }>(
      `SELECT sum(usd_per_hour)::float8 * $2::float8 AS usd FROM instances
       WHERE customer_id = $1 AND state IN ('pending', 'running')`,
      [subject.customerId, HOURS_PER_MONTH],
    ),
    inventoryOf(harness, subject),
  ]);
  const unit = 'USD/month';
  log.record('dashboard.spend', shown.current_spend, { unit, source: DASHBOARD });
  log.record('dashboard.spend.stored', stored?.usd ?? null, { unit, source: 'PostgreSQL instances' });
  log.record('dashboard.spend.inventory', await fleetCostUsdPerMonth(world, subject, inventory), {
    unit,
    source: INVENTORY_COST,
  });
}

async function recordOffers(
  { database }: ActivityDependencies,
  log: EvidenceLog,
  { customerId }: RunSubject,
  shown: DashboardResponse,
): Promise<void> {
  const stored = await database.rows<{ id: string; usd: number }>(
    `SELECT id, estimated_savings_usd_per_month::float8 AS usd FROM recommendations
     WHERE customer_id = $1 AND status = 'validated' AND NOT vetoed ORDER BY 2 DESC`,
    [customerId],
  );
  const sorted = (offers: readonly { readonly id: string }[]): string =>
    offers
      .map(({ id }) => id)
      .sort()
      .join();
  const unit = 'USD/month';
  log.record('dashboard.offers', shown.recommendations.length, { unit: 'count', source: DASHBOARD });
  log.record('dashboard.offers-as-stored', sorted(shown.recommendations) === sorted(stored), {
    unit: 'flag',
    source: OFFERS,
    sampleSize: stored.length,
  });
  log.record('dashboard.potential-savings', shown.potential_savings, { unit, source: DASHBOARD });
  log.record('dashboard.potential-savings.stored', possibleSavings(shown.recommendations), {
    unit,
    source: 'the offers, one a deployment',
  });
  const highest = highestOf(shown)?.estimated_savings ?? null;
  log.record('dashboard.highest-saving', highest, { unit, source: DASHBOARD });
  log.record('dashboard.highest-saving.stored', stored[0]?.usd ?? null, { unit, source: OFFERS });
}

async function recordCurves(
  { telemetry }: ActivityDependencies,
  log: EvidenceLog,
  { customerId }: RunSubject,
  { series }: DashboardResponse,
): Promise<void> {
  // The newest minute is not over; the one before it does not change any more.
  const whole = series['throughput']?.at(-2);
  const startMs = whole === undefined ? null : Date.parse(whole.timestamp);
  const counted =
    startMs === null ? null : await telemetry.requests({ customerId, startMs, endMs: startMs + MINUTE_MS });
  const points = Object.values(series).reduce((sum, curve) => sum + curve.length, 0);
  log.record('dashboard.series.points', points, { unit: 'count', source: DASHBOARD });
  log.record('dashboard.series.throughput', whole?.value ?? null, { unit: 'requests/s', source: DASHBOARD });
  log.record(
    'dashboard.series.throughput.clickhouse',
    counted === null ? null : counted.requests / (MINUTE_MS / 1000),
    { unit: 'requests/s', source: 'ClickHouse inference_requests', sampleSize: counted?.requests ?? 0 },
  );
}

function highestOf({ recommendations }: DashboardResponse): Recommendation | undefined {
  return recommendations.toSorted((a, b) => b.estimated_savings - a.estimated_savings)[0];
}

/** Computed here again: of offers for one deployment only the best counts. */
function possibleSavings(
  offers: readonly { readonly plan: { readonly deployment: string }; readonly estimated_savings: number }[],
): number {
  const best = new Map<string, number>();
  for (const { plan, estimated_savings: usd } of offers) {
    best.set(plan.deployment, Math.max(best.get(plan.deployment) ?? 0, usd));
  }
  return [...best.values()].reduce((sum, usd) => sum + usd, 0);
}
