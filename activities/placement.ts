import type { RunSubject } from '../src/contracts/activities.ts';
import type { CloudProvider } from '../src/contracts/api/common.ts';
import type { OptimizationPlan, SavingsForecast } from '../src/contracts/api/recommendations.ts';
import type { TransferPrices } from '../src/contracts/market.ts';
import type { PlacementActivities } from '../src/contracts/placement-activities.ts';
import type { SiteAccount } from '../src/contracts/world.ts';
import { ApiError } from '../src/client/index.ts';
import { inventoryOf } from '../src/fixtures/index.ts';
import { heartbeating, type ActivityDependencies } from './context.ts';
import { createEvidenceLog } from './evidence.ts';
import { showUsd } from './measurements.ts';
import { findOptimum, type Offer, type Optimum, type Situation, type Standing } from './placement-optimum.ts';

/** Eight A100 with 40 GB, in the words of AWS and of GCP (their pages on GPU machines, November 2026). */
const ALIKE: readonly (readonly string[])[] = [
  ['p4d.24xlarge', 'a2-highgpu-8g'],
  ['p4de.24xlarge', 'a2-ultragpu-8g'],
  ['p5.48xlarge', 'a3-highgpu-8g'],
];
/** An English token in UTF-8, and headers and JSON of a message: what is assumed where bytes were not measured. */
const BYTES_PER_TOKEN = 4;
const BYTES_PER_MESSAGE = 500;
const SECONDS_PER_MONTH = 730 * 3_600;
const MARKET = 'market quotes, inventory of the clouds and ClickHouse, by the harness';

export function createPlacementActivities(dependencies: ActivityDependencies): PlacementActivities {
  return {
    findOptimum: ({ subject, prefix }) =>
      heartbeating(async () => {
        const log = createEvidenceLog(dependencies.harness.clock);
        const situation = await situationOf(dependencies, subject);
        const optimum = findOptimum(situation);
        const name = (what: string): string => `optimum.${prefix}.${what}`;
        const about = { source: MARKET, sampleSize: optimum.tried };
        log.record(name('choices'), optimum.choices, { unit: 'text', ...about });
        log.record(name('net'), optimum.movesNetUsdPerMonth, { unit: 'USD/month', ...about });
        optimum.bestMoves.forEach((move, index) => {
          const deployment = situation.deployments[index]?.name ?? '';
          log.record(name(`${deployment}.best-move`), move?.choice ?? null, { unit: 'text', ...about });
          log.record(name(`${deployment}.best-net`), move?.netUsdPerMonth ?? null, {
            unit: 'USD/month',
            ...about,
          });
          const without = move === null ? null : move.netUsdPerMonth + move.transferUsdPerMonth;
          log.record(name(`${deployment}.best-net-without-transfer`), without, {
            unit: 'USD/month',
            ...about,
          });
          log.record(name(`${deployment}.best-transfer`), move?.transferUsdPerMonth ?? null, {
            unit: 'USD/month',
            ...about,
          });
        });
        return { evidence: log.evidence, notes: describe(optimum), output: {} };
      }),

    readPlacements: ({ subject, analysisId }) =>
      heartbeating(() => readPlacements(dependencies, subject, analysisId)),
  };
}

function describe({ choices, netUsdPerMonth, tried, bestMoves }: Optimum): string[] {
  return [
    `${String(tried)} placements tried, the best nets ${showUsd(netUsdPerMonth)}/month: ${choices.join(', ')}`,
    ...bestMoves.map((move) =>
      move === null
        ? 'no move'
        : `${move.choice}: nets ${showUsd(move.netUsdPerMonth)}/month, ${showUsd(move.transferUsdPerMonth)} more for transfer`,
    ),
  ];
}

async function situationOf(dependencies: ActivityDependencies, subject: RunSubject): Promise<Situation> {
  const { harness, world } = dependencies;
  const inventory = await inventoryOf(harness, subject);
  const running = new Set(
    inventory.filter(({ state }) => state === 'running').map(({ instanceId }) => instanceId),
  );
  const site = await world.site(subject.siteId);
  const deployments: Standing[] = [];
  for (const { name, provider, region, instanceType } of subject.deployments) {
    const ids = site.nodes
      .filter(({ deployment, instanceId }) => deployment === name && running.has(instanceId))
      .map(({ instanceId }) => instanceId);
    const data = await dataOf(dependencies, subject, ids);
    deployments.push({ name, provider, region, instanceType, nodes: ids.length, ...data });
  }
  const types = new Set(deployments.flatMap(({ instanceType }) => alike(instanceType)));
  const offers = await Promise.all(
    subject.accounts.flatMap((account) => [...types].map((type) => offerAt(dependencies, account, type))),
  );
  const transfer: Partial<Record<CloudProvider, TransferPrices>> = {};
  for (const { provider, accountId } of subject.accounts)
    transfer[provider] = await world.transferPrices({ provider, account: accountId });
  const preferences = await harness.clientOf(subject.email).preferences(subject.customerId);
  const [home] = subject.accounts;
  if (home === undefined) throw new RangeError(`${subject.customerId} has no place`);
  return {
    deployments,
    home,
    offers: offers.filter((offer) => offer !== null),
    transfer,
    minimumOnDemandShare: preferences.minimum_on_demand_share,
  };
}

function alike(instanceType: string): readonly string[] {
  return ALIKE.find((types) => types.includes(instanceType)) ?? [instanceType];
}

/** Null where the market has no such machine. */
async function offerAt(
  { world }: ActivityDependencies,
  { provider, region, accountId }: SiteAccount,
  instanceType: string,
): Promise<Offer | null> {
  const query = { provider, region, account: accountId, instance_type: instanceType };
  try {
    const [quote, interruptions] = await Promise.all([world.quote(query), world.interruptions(query)]);
    return { provider, region, instanceType, quote, interruptions };
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}

/** Gigabytes a month that users send to these nodes and get from them, at the rate and lengths seen so far. */
async function dataOf(
  { telemetry }: ActivityDependencies,
  { customerId }: RunSubject,
  instanceIds: readonly string[],
): Promise<Pick<Standing, 'requestGbPerMonth' | 'answerGbPerMonth'>> {
  const [row] = await telemetry.rows<{ requests: string; seconds: number; sent: number; answered: number }>(
    `SELECT count() AS requests,
       dateDiff('millisecond', min(arrived_at), max(arrived_at)) / 1000 AS seconds,
       avg(coalesce(request_bytes, input_tokens * {perToken:UInt32} + {perMessage:UInt32})) AS sent,
       avg(coalesce(response_bytes, output_tokens * {perToken:UInt32} + {perMessage:UInt32})) AS answered
     FROM inference_requests
     WHERE customer_id = {customerId:String} AND instance_id IN {instanceIds:Array(String)}`,
    { customerId, instanceIds, perToken: BYTES_PER_TOKEN, perMessage: BYTES_PER_MESSAGE },
  );
  const requests = Number(row?.requests ?? 0);
  if (row === undefined || requests < 2) return { requestGbPerMonth: 0, answerGbPerMonth: 0 };
  const messages = ((requests - 1) / row.seconds) * SECONDS_PER_MONTH;
  return {
    requestGbPerMonth: (messages * row.sent) / 1e9,
    answerGbPerMonth: (messages * row.answered) / 1e9,
  };
}

async function readPlacements(
  { harness, database }: ActivityDependencies,
  { customerId, deployments }: RunSubject,
  analysisId: string,
): ReturnType<PlacementActivities['readPlacements']> {
  const log = createEvidenceLog(harness.clock);
  const rows = await database.rows<{ plan: OptimizationPlan; forecast: SavingsForecast }>(
    `SELECT plan, forecast FROM recommendations
     WHERE analysis_id = $1 AND customer_id = $2 AND type = 'cross_cloud_placement'`,
    [analysisId, customerId],
  );
  const choices = deployments.map(({ name }) => {
    const plan = rows.map((row) => row.plan).find(({ deployment }) => deployment === name);
    if (plan?.kind !== 'placement') return `${name}: stays`;
    const { nodes, instance_type: type, lifecycle, provider, region } = plan.target;
    return `${name}: ${String(nodes.length)} × ${type} ${lifecycle} at ${provider} ${region}`;
  });
  const [analysis] = await database.rows<{ findings: readonly string[] | null }>(
    'SELECT findings FROM analyses WHERE id = $1 AND customer_id = $2',
    [analysisId, customerId],
  );
  for (const { name } of deployments) {
    const refusal = analysis?.findings?.find((finding) => finding.startsWith(`${name}: no move`));
    log.record(`placement.refused.${name}.net`, netIn(refusal), {
      unit: 'USD/month',
      source: 'PostgreSQL analyses: findings',
    });
  }
  const about = { source: 'PostgreSQL recommendations', sampleSize: rows.length };
  log.record('placement.choices', choices, { unit: 'text', ...about });
  log.record(
    'placement.net',
    rows.reduce((sum, { forecast }) => sum + forecast.raw_savings_usd_per_month, 0),
    { unit: 'USD/month', ...about },
  );
  return { evidence: log.evidence, notes: choices, output: {} };
}

/** The number in `… would net −$6,812 a month, …`; null when the finding names none. */
function netIn(finding: string | undefined): number | null {
  const [, sign, digits] = /would net (−?)\$([\d,]+) a month/.exec(finding ?? '') ?? [];
  if (digits === undefined) return null;
  return Number(digits.replaceAll(',', '')) * (sign === '' ? 1 : -1);
}
