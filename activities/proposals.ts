import type { RunSubject } from '../src/contracts/activities.ts';
import type { AgentType } from '../src/contracts/api/common.ts';
import type { OptimizationPlan, RecommendationType } from '../src/contracts/api/recommendations.ts';
import type { CoordinationActivities, Proposal } from '../src/contracts/coordination-activities.ts';
import { waitForCondition } from '../src/client/index.ts';
import { attemptKey, type ActivityDependencies } from './context.ts';
import { createEvidenceLog, type EvidenceLog } from './evidence.ts';
import { isTimeout } from './measurements.ts';
import { nameOf } from './priority-order.ts';

const ANALYSES_DEADLINE_MS = 110_000;
const OPINIONS_DEADLINE_MS = 55_000;
const LOOK_EVERY_MS = 150;
/** Everybody but the author. */
const JUDGES = 3;

type Input<K extends keyof CoordinationActivities> = Parameters<CoordinationActivities[K]>[0];
type Progress = (details: unknown) => void;

/** Several agents look at the same customer at the same time; what they propose is read from the rows. */
export async function analyseTogether(
  dependencies: ActivityDependencies,
  { subject, agents, prefix }: Input<'analyseTogether'>,
  progress: Progress,
): ReturnType<CoordinationActivities['analyseTogether']> {
  const { harness } = dependencies;
  const client = harness.clientOf(subject.email);
  const log = createEvidenceLog(harness.clock);
  const started = await Promise.all(
    agents.map((agent) => client.analyze(subject.customerId, agent, `${attemptKey()}-${prefix}-${agent}`)),
  );
  const ids = started.map(({ analysis_id: id }) => id);
  const ended = await awaitAnalyses(dependencies, subject, ids, progress);
  const completed = ended.filter(({ status }) => status === 'completed');
  log.record(`${prefix}.completed`, completed.map(({ agent_type: agent }) => agent).sort(), {
    unit: 'text',
    source: 'PostgreSQL analyses',
    sampleSize: ended.length,
  });
  await recordTasks(dependencies, log, prefix, ids);
  const proposals = await readProposals(dependencies, subject, ids);
  log.record(`${prefix}.proposals`, proposals.map(nameOf).sort(), {
    unit: 'text',
    source: 'PostgreSQL recommendations',
    sampleSize: completed.length,
  });
  await recordInApi(dependencies, log, subject, prefix, proposals);
  return {
    evidence: log.evidence,
    notes: [
      ...proposals.map((each) => `${nameOf(each)}, saving ${each.savingsUsdPerMonth.toFixed(0)} USD/month`),
      ...ended.flatMap(({ agent_type: agent, findings }) =>
        (findings ?? []).map((each) => `${agent}: ${each}`),
      ),
    ],
    output: { proposals },
  };
}

interface AnalysisRow extends Record<string, unknown> {
  readonly agent_type: AgentType;
  readonly status: 'started' | 'completed' | 'failed';
  readonly findings: readonly string[] | null;
}

async function awaitAnalyses(
  { harness, database }: ActivityDependencies,
  { customerId }: RunSubject,
  ids: readonly string[],
  progress: Progress,
): Promise<readonly AnalysisRow[]> {
  const look = () =>
    database.rows<AnalysisRow>(
      'SELECT agent_type, status, findings FROM analyses WHERE customer_id = $1 AND id = ANY($2::text[])',
      [customerId, ids],
    );
  await untilOrTimeout(
    async () => {
      const rows = await look();
      progress(rows.map((row) => `${row.agent_type}: ${row.status}`));
      return rows.length === ids.length && rows.every(({ status }) => status !== 'started');
    },
    { condition: `the end of ${ids.join(', ')}`, deadlineMs: ANALYSES_DEADLINE_MS, clock: harness.clock },
  );
  return look();
}

/** Each analysis is one task, at the agent that was asked. */
async function recordTasks(
  { database }: ActivityDependencies,
  log: EvidenceLog,
  prefix: string,
  ids: readonly string[],
): Promise<void> {
  const rows = await database.rows<{ analysis_id: string }>(
    `SELECT t.analysis_id FROM tasks t JOIN analyses a ON a.id = t.analysis_id
     WHERE t.type = 'analyze' AND t.analysis_id = ANY($1::text[]) AND t.agent_type = a.agent_type`,
    [ids],
  );
  const each = new Set(rows.map(({ analysis_id: id }) => id));
  log.record(`${prefix}.one-task-each`, rows.length === ids.length && each.size === ids.length, {
    unit: 'flag',
    source: 'PostgreSQL tasks',
    sampleSize: rows.length,
  });
}

async function readProposals(
  { database }: ActivityDependencies,
  { customerId }: RunSubject,
  analysisIds: readonly string[],
): Promise<readonly Proposal[]> {
  const rows = await database.rows<{
    id: string;
    agent_type: AgentType;
    type: RecommendationType;
    plan: OptimizationPlan;
    savings: number;
  }>(
    `SELECT id, agent_type, type, plan, estimated_savings_usd_per_month AS savings FROM recommendations
     WHERE customer_id = $1 AND analysis_id = ANY($2::text[]) AND type <> 'hybrid' ORDER BY agent_type, type, id`,
    [customerId, analysisIds],
  );
  return rows.map((row) => ({
    recommendationId: row.id,
    agentType: row.agent_type,
    type: row.type,
    deployment: row.plan.deployment,
    savingsUsdPerMonth: row.savings,
  }));
}

/** The API says of each the same as its row. */
async function recordInApi(
  { harness }: ActivityDependencies,
  log: EvidenceLog,
  subject: RunSubject,
  prefix: string,
  proposals: readonly Proposal[],
): Promise<void> {
  const client = harness.clientOf(subject.email);
  const views = await Promise.all(
    proposals.map(({ recommendationId }) => client.recommendation(recommendationId)),
  );
  const same = views.every((view, index) => {
    const row = proposals[index];
    return (
      row !== undefined &&
      view.type === row.type &&
      view.agent_type === row.agentType &&
      Math.abs(view.estimated_savings - row.savingsUsdPerMonth) < 0.01
    );
  });
  log.record(`${prefix}.api-agrees`, same, {
    unit: 'flag',
    source: 'GET /recommendations/{id} against PostgreSQL',
    sampleSize: views.length,
  });
}

/** Until each has been judged by all the others; who did not come in time is missing from the evidence. */
export async function awaitOpinions(
  { harness, database }: ActivityDependencies,
  { subject, proposals, prefix }: Input<'awaitOpinions'>,
  progress: Progress,
): ReturnType<CoordinationActivities['awaitOpinions']> {
  const log = createEvidenceLog(harness.clock);
  const ids = proposals.map(({ recommendationId }) => recommendationId);
  const look = () =>
    database.rows<{ id: string; status: string; agent_type: AgentType | null; verdict: string | null }>(
      `SELECT r.id, r.status, v.agent_type, v.verdict FROM recommendations r
       LEFT JOIN validations v ON v.recommendation_id = r.id
       WHERE r.customer_id = $1 AND r.id = ANY($2::text[])`,
      [subject.customerId, ids],
    );
  await untilOrTimeout(
    async () => {
      const opinions = (await look()).filter(({ verdict }) => verdict !== null);
      progress({ opinions: opinions.length, wanted: ids.length * JUDGES });
      return opinions.length >= ids.length * JUDGES;
    },
    {
      condition: `opinions on ${ids.join(', ')}`,
      deadlineMs: OPINIONS_DEADLINE_MS,
      clock: harness.clock,
    },
  );
  const rows = await look();
  const inFavour = ids.map(
    (id) => rows.filter((row) => row.id === id && row.verdict !== null && row.verdict !== 'veto').length,
  );
  const record = (name: string, value: Parameters<EvidenceLog['record']>[1], unit: string): void =>
    log.record(`${prefix}.opinions.${name}`, value, {
      unit,
      source: 'PostgreSQL validations',
      sampleSize: rows.length,
    });
  record('fewest-in-favour', ids.length === 0 ? null : Math.min(...inFavour), 'agents');
  record('vetoes', rows.filter(({ verdict }) => verdict === 'veto').length, 'count');
  record('statuses', [...new Set(rows.map(({ status }) => status))].sort(), 'text');
  return {
    evidence: log.evidence,
    notes: proposals.map(
      (proposal) =>
        `${nameOf(proposal)}: ${rows
          .filter((row) => row.id === proposal.recommendationId && row.verdict !== null)
          .map((row) => `${String(row.agent_type)} ${String(row.verdict)}`)
          .join(', ')}`,
    ),
    output: {},
  };
}

/** Looks until it is so, or until the time is up: that too is something the evidence shows. */
export async function untilOrTimeout(
  holds: () => Promise<boolean>,
  settings: Omit<Parameters<typeof waitForCondition>[1], 'intervalMs'>,
): Promise<void> {
  try {
    await waitForCondition(
      async () =>
        (await holds()) ? { done: true, value: true } : { done: false, observed: settings.condition },
      { ...settings, intervalMs: LOOK_EVERY_MS },
    );
  } catch (error) {
    if (!isTimeout(error)) throw error;
  }
}
