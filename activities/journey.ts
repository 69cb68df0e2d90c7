import type { RunSubject } from '../src/contracts/activities.ts';
import { AGENT_TYPES, type AgentType } from '../src/contracts/api/common.ts';
import type { JourneyActivities } from '../src/contracts/journey-activities.ts';
import { ApiError, openLiveUpdates, waitForCondition } from '../src/client/index.ts';
import { portalApiOf } from '../src/fixtures/index.ts';
import { awaitAnalysisEnd } from './analysis-end.ts';
import { type ActivityDependencies, attemptKey, heartbeating } from './context.ts';
import { readDashboard } from './dashboard.ts';
import { createEvidenceLog } from './evidence.ts';
import { isTimeout } from './measurements.ts';

const ANALYSES_DEADLINE_MS = 110_000;
const TELEMETRY_DEADLINE_MS = 40_000;
/** Rate and lengths are known to one in a hundred then; with less, a forecast near a promise goes either way. */
const FIRST_REQUESTS = 20_000;
/** World time; a fleet of any use has answered enough in it. */
const FIRST_LOOK_BACK_MS = 1_800_000;
const OPINIONS_DEADLINE_MS = 25_000;
const EVENTS_DEADLINE_MS = 20_000;
const BEATS_WINDOW_MS = 60_000;

/** What a new customer sees first, looked up in the stores as well. */
export function createJourneyActivities(dependencies: ActivityDependencies): JourneyActivities {
  return {
    analyseByAll: ({ subject }) => heartbeating((progress) => analyseByAll(dependencies, subject, progress)),
    readDashboard: ({ subject }) => heartbeating(() => readDashboard(dependencies, subject)),
    approveInPortal: (input) => heartbeating(() => approveInPortal(dependencies, input)),
    countLiveUpdates: ({ subject }) =>
      heartbeating((progress) => countLiveUpdates(dependencies, subject, progress)),
    readHeartbeats: () => heartbeating(() => readHeartbeats(dependencies)),
  };
}

async function analyseByAll(
  dependencies: ActivityDependencies,
  subject: RunSubject,
  progress: (details: unknown) => void,
): ReturnType<JourneyActivities['analyseByAll']> {
  const { harness, database } = dependencies;
  const { clock } = harness;
  const client = harness.clientOf(subject.email);
  const telemetrySeen = await awaitFirstTelemetry(dependencies, subject, progress);
  const startedMs = clock.wallMs();
  const started = await Promise.all(
    AGENT_TYPES.map(async (agentType) => {
      const key = `${attemptKey()}-${agentType}-first`;
      const { analysis_id: analysisId } = await client.analyze(subject.customerId, agentType, key);
      return { agentType, analysisId };
    }),
  );
  const ends = await Promise.all(
    started.map(async ({ agentType, analysisId }) => {
      const which = { where: 'id = $1 AND customer_id = $2', parameters: [analysisId, subject.customerId] };
      const end = await awaitAnalysisEnd(dependencies, which, ANALYSES_DEADLINE_MS, progress);
      const offers = await database.rows<{ id: string; type: string }>(
        'SELECT id, type FROM recommendations WHERE analysis_id = $1 AND customer_id = $2',
        [analysisId, subject.customerId],
      );
      return { agentType, end, offers };
    }),
  );
  const log = createEvidenceLog(clock);
  const store = 'ClickHouse inference_requests, gpu_samples';
  log.record('analyses.first-requests', telemetrySeen.requests, { unit: 'count', source: store });
  log.record('analyses.first-gpu-samples', telemetrySeen.gpuSamples, { unit: 'count', source: store });
  for (const { agentType, end, offers } of ends) {
    const about = { unit: 'text', source: 'PostgreSQL analyses, recommendations' };
    const said = [...offers.map(({ type }) => type), ...(end?.findings ?? [])];
    log.record(`analyses.${agentType}.status`, end?.status ?? null, about);
    log.record(`analyses.${agentType}.said`, said, { ...about, sampleSize: said.length });
  }
  log.record('analyses.seconds', (clock.wallMs() - startedMs) / 1000, { unit: 's', source: 'wall clock' });
  await awaitOpinions(dependencies, subject, progress);
  const open = await client.recommendations(subject.customerId);
  log.record(
    'analyses.offers',
    open.map(({ type }) => type),
    { unit: 'text', source: 'GET /customers/{id}/recommendations', sampleSize: open.length },
  );
  const notes = ends.map(
    ({ agentType, end, offers }) =>
      `${agentType}: ${[...offers.map(({ type }) => type), ...(end?.findings ?? [])].join('; ') || 'nothing'}`,
  );
  return { evidence: log.evidence, notes, output: {} };
}

/** A runtime that has just connected has told nothing yet, and no agent can say anything of a fleet it has not seen serve. */
async function awaitFirstTelemetry(
  { harness, telemetry }: ActivityDependencies,
  { customerId }: RunSubject,
  progress: (details: unknown) => void,
): Promise<{ readonly requests: number; readonly gpuSamples: number }> {
  let seen = { requests: 0, gpuSamples: 0 };
  await waitForCondition(
    async () => {
      const endMs = Math.trunc(harness.clock.worldMs());
      const { requests } = await telemetry.requests({
        customerId,
        startMs: endMs - FIRST_LOOK_BACK_MS,
        endMs,
      });
      const [gpu] = await telemetry.rows<{ samples: string }>(
        'SELECT count() AS samples FROM gpu_samples WHERE customer_id = {customerId:String}',
        { customerId },
      );
      seen = { requests, gpuSamples: Number(gpu?.samples ?? 0) };
      progress(seen);
      return requests >= FIRST_REQUESTS && seen.gpuSamples > 0
        ? ({ done: true, value: seen } as const)
        : ({ done: false, observed: seen } as const);
    },
    {
      condition: `first telemetry of ${customerId}`,
      deadlineMs: TELEMETRY_DEADLINE_MS,
      intervalMs: 150,
      clock: harness.clock,
    },
  ).catch((error: unknown) => {
    if (!isTimeout(error)) throw error;
  });
  return seen;
}

/** Offers are shown once the other agents have judged them. */
async function awaitOpinions(
  { harness, database }: ActivityDependencies,
  { customerId }: RunSubject,
  progress: (details: unknown) => void,
): Promise<void> {
  await waitForCondition(
    async () => {
      const pending = await database.rows<{ id: string }>(
        `SELECT id FROM recommendations WHERE customer_id = $1 AND status = 'pending' AND NOT vetoed`,
        [customerId],
      );
      progress({ pending: pending.length });
      return pending.length === 0
        ? ({ done: true, value: null } as const)
        : ({ done: false, observed: pending } as const);
    },
    {
      condition: 'all opinions',
      deadlineMs: OPINIONS_DEADLINE_MS,
      intervalMs: 150,
      clock: harness.clock,
    },
  ).catch((error: unknown) => {
    if (!isTimeout(error)) throw error;
  });
}

async function approveInPortal(
  { harness, database }: ActivityDependencies,
  { subject, recommendationId }: Parameters<JourneyActivities['approveInPortal']>[0],
): ReturnType<JourneyActivities['approveInPortal']> {
  const log = createEvidenceLog(harness.clock);
  const portal = harness.portalOf(subject.email);
  const approve = async (): Promise<string> => {
    try {
      return (await portal.approve(recommendationId, 'the highest saving on the dashboard')).status;
    } catch (error) {
      if (error instanceof ApiError) return `${String(error.status)} ${error.code}`;
      throw error;
    }
  };
  const decided = async () =>
    database.rows<{ id: string; decided_by: string }>(
      `SELECT o.id, a.decided_by FROM optimizations o JOIN approvals a ON a.recommendation_id = o.recommendation_id
       WHERE o.recommendation_id = $1`,
      [recommendationId],
    );
  // Repeated after a lost answer: what is decided already is read, not decided again.
  if ((await decided()).length === 0) await approve();
  const rows = await decided();
  const [row] = rows;
  log.record(
    'approval.optimization',
    rows.map(({ id }) => id),
    {
      unit: 'text',
      source: 'PostgreSQL optimizations, approvals',
    },
  );
  log.record('approval.by-owner', row?.decided_by.startsWith('user:') ?? null, {
    unit: 'flag',
    source: 'PostgreSQL approvals',
  });
  log.record('approval.second-attempt', await approve(), {
    unit: 'text',
    source: 'POST /api/recommendations/{id}/approve at the portal, again',
  });
  const { forecast, type } = await portal.recommendation(recommendationId);
  log.record('recommendation.savings', forecast.savings_usd_per_month, {
    unit: 'USD/month',
    source: 'GET /api/recommendations/{id} at the portal',
  });
  return {
    evidence: log.evidence,
    notes: [`Approved ${type} ${recommendationId}`, `Optimization ID: ${row?.id ?? 'none'}`],
    output: row === undefined ? null : { optimizationId: row.id },
  };
}

async function countLiveUpdates(
  { harness, database }: ActivityDependencies,
  subject: RunSubject,
  progress: (details: unknown) => void,
): ReturnType<JourneyActivities['countLiveUpdates']> {
  const { clock } = harness;
  const portal = harness.portalOf(subject.email);
  await using live = openLiveUpdates({
    baseUrl: portalApiOf(harness.environment),
    customerId: subject.customerId,
    accessToken: () => portal.accessToken(),
    clock,
  });
  const count = async (): Promise<number> => {
    const [row] = await database.rows<{ count: string }>(
      'SELECT count(*) AS count FROM outbox WHERE customer_id = $1',
      [subject.customerId],
    );
    return Number(row?.count ?? 0);
  };
  const stored = await count();
  await waitForCondition(
    async () => {
      const received = live.received().length;
      progress({ received, stored });
      return stored > 0 && received >= stored
        ? ({ done: true, value: received } as const)
        : ({ done: false, observed: { received, stored } } as const);
    },
    { condition: 'every live update', deadlineMs: EVENTS_DEADLINE_MS, intervalMs: 100, clock },
  ).catch((error: unknown) => {
    if (!isTimeout(error)) throw error;
  });
  const received = live.received().filter(({ sequence }) => sequence <= stored);
  const log = createEvidenceLog(clock);
  log.record('live.received', received.length, {
    unit: 'count',
    source: 'WS /api/ws/customers/{id} at the portal',
  });
  log.record('live.stored', stored, { unit: 'count', source: 'PostgreSQL outbox' });
  log.record(
    'live.ordered',
    received.length > 0 && received.every(({ sequence }, index) => sequence === index + 1),
    {
      unit: 'flag',
      source: 'WS /api/ws/customers/{id} at the portal',
      sampleSize: received.length,
    },
  );
  return { evidence: log.evidence, notes: [`${String(received.length)} live updates`], output: {} };
}

async function readHeartbeats({
  harness,
  database,
}: ActivityDependencies): ReturnType<JourneyActivities['readHeartbeats']> {
  const log = createEvidenceLog(harness.clock);
  const agents = await harness.admin().agents();
  const rows = await database.rows<{ agent_type: AgentType; beats: string }>(
    `SELECT a.agent_type, count(*) AS beats FROM heartbeats h JOIN agents a ON a.id = h.agent_id
     WHERE h.at > $1 GROUP BY a.agent_type`,
    [new Date(harness.clock.wallMs() - BEATS_WINDOW_MS)],
  );
  const healthy = agents.filter(({ status }) => status === 'healthy').map(({ agent_type: type }) => type);
  log.record('agents.healthy', [...new Set(healthy)].sort(), {
    unit: 'text',
    source: 'GET /orchestrator/agents',
    sampleSize: agents.length,
  });
  for (const type of AGENT_TYPES) {
    const beats = Number(rows.find(({ agent_type: own }) => own === type)?.beats ?? 0);
    log.record(`agents.${type}.beats`, beats, { unit: 'beats in a minute', source: 'PostgreSQL heartbeats' });
  }
  return { evidence: log.evidence, notes: [`Beating: ${healthy.join(', ')}`], output: {} };
}
