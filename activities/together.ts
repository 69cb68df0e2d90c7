import type { RunSubject } from '../src/contracts/activities.ts';
import {
  TERMINAL_OPTIMIZATION_STATUSES,
  type OptimizationStatus,
} from '../src/contracts/api/recommendations.ts';
import type { CoordinationActivities } from '../src/contracts/coordination-activities.ts';
import type { ActivityDependencies } from './context.ts';
import { createEvidenceLog, type EvidenceLog } from './evidence.ts';
import { untilOrTimeout } from './proposals.ts';
import { leaseFaults, type LeaseEntry } from './lease-turns.ts';
import { gapsOnShared, overlapsOfDisjoint, type Turn } from './turns.ts';

type Input<K extends keyof CoordinationActivities> = Parameters<CoordinationActivities[K]>[0];
const ENDS_DEADLINE_MS = 585_000;

interface OptimizationRow extends Record<string, unknown> {
  readonly id: string;
  readonly deployment: string;
  readonly status: OptimizationStatus;
  readonly reason: string | null;
  readonly began: Date | null;
  readonly ended: Date | null;
  readonly world_ended: Date | null;
}

/** One more order for a deployment at which something is under way: taken, and made to wait its turn. */
export async function approveOnBusyDeployment(
  { harness, database }: ActivityDependencies,
  { subject, recommendationId }: Input<'approveOnBusyDeployment'>,
): ReturnType<CoordinationActivities['approveOnBusyDeployment']> {
  const client = harness.clientOf(subject.email);
  const log = createEvidenceLog(harness.clock);
  const find = async () => {
    const [row] = await database.rows<{ id: string }>(
      'SELECT id FROM optimizations WHERE recommendation_id = $1 AND customer_id = $2',
      [recommendationId, subject.customerId],
    );
    return row?.id;
  };
  // Repeated after a killed worker: what is approved already is read.
  const id =
    (await find()) ??
    (await client.approve(recommendationId, 'one more for a busy deployment')).optimization_id;
  const { status } = await client.optimization(id);
  const [holder] = await database.rows<{ optimization_id: string | null }>(
    `SELECT l.optimization_id FROM deployment_leases l JOIN optimizations o
     ON o.customer_id = l.customer_id AND o.deployment = l.deployment WHERE o.id = $1`,
    [id],
  );
  log.record('late.status', status, { unit: 'text', source: 'GET /optimizations/{id}' });
  log.record(
    'late.deployment-held-by-another',
    holder !== undefined && holder.optimization_id !== null && holder.optimization_id !== id,
    {
      unit: 'flag',
      source: 'PostgreSQL deployment_leases',
    },
  );
  return { evidence: log.evidence, notes: [`${id} is ${status}`], output: { optimizationId: id } };
}

/** Several optimizations to their ends; whose turn it was on which deployment, by steps and by leases. */
export async function followTogether(
  dependencies: ActivityDependencies,
  { subject, optimizationIds }: Input<'followTogether'>,
  progress: (details: unknown) => void,
): ReturnType<CoordinationActivities['followTogether']> {
  const { harness } = dependencies;
  const log = createEvidenceLog(harness.clock);
  const read = () => readOptimizations(dependencies, optimizationIds);
  await untilOrTimeout(
    async () => {
      const rows = await read();
      progress(rows.map(({ id, status }) => `${id}: ${status}`));
      return (
        rows.length === optimizationIds.length &&
        rows.every(({ status }) => TERMINAL_OPTIMIZATION_STATUSES.includes(status))
      );
    },
    {
      condition: `the ends of ${optimizationIds.join(', ')}`,
      deadlineMs: ENDS_DEADLINE_MS,
      clock: harness.clock,
    },
  );
  const rows = await read();
  const turns = rows.flatMap(({ id, deployment, began, ended }): Turn[] =>
    began === null || ended === null
      ? []
      : [{ id, deployment, beganMs: began.getTime(), endedMs: ended.getTime() }],
  );
  const record = (name: string, value: Parameters<EvidenceLog['record']>[1], unit: string): void =>
    log.record(`together.${name}`, value, {
      unit,
      source: 'PostgreSQL optimizations and optimization_steps',
      sampleSize: turns.length,
    });
  const [overlaps, gaps] = [overlapsOfDisjoint(turns), gapsOnShared(turns)];
  record('statuses', [...new Set(rows.map(endOf))].sort(), 'text');
  record('deployments', [...new Set(rows.map(({ deployment }) => deployment))].sort(), 'text');
  record('least-overlap-of-disjoint', overlaps.length === 0 ? null : Math.min(...overlaps) / 1000, 's');
  record('least-gap-on-shared', gaps.length === 0 ? null : Math.min(...gaps) / 1000, 's');
  record('turns-on-shared', gaps.length, 'count');
  await recordLeases(dependencies, log, subject);
  const ends = rows.flatMap(({ world_ended: at }) => (at === null ? [] : [at.getTime()]));
  return {
    evidence: log.evidence,
    notes: turns.map(
      ({ id, deployment, beganMs, endedMs }) =>
        `${deployment}: ${id} ${new Date(beganMs).toISOString().slice(11, 23)}–${new Date(endedMs).toISOString().slice(11, 23)}`,
    ),
    output: ends.length === 0 ? null : { settledAtMs: Math.max(...ends) },
  };
}

/** The status; of one that did not complete, why. */
function endOf({ status, reason }: OptimizationRow): string {
  return status === 'completed' ? status : `${status}: ${reason ?? 'without a reason'}`;
}

/** From the first step's start to the last step's end, in wall time; steps are what touches the deployment. */
function readOptimizations(
  { database }: ActivityDependencies,
  ids: readonly string[],
): Promise<OptimizationRow[]> {
  return database.rows<OptimizationRow>(
    `SELECT o.id, o.deployment, o.status, o.result ->> 'reason' AS reason, min(s.started_at) AS began, max(s.finished_at) AS ended,
       max(s.world_finished_at) AS world_ended
     FROM optimizations o LEFT JOIN optimization_steps s ON s.optimization_id = o.id
     WHERE o.id = ANY($1::text[]) GROUP BY o.id, o.deployment, o.status, o.result ORDER BY began, o.id`,
    [ids],
  );
}

/** Leases by the audit, in their order, against the row that is left. */
async function recordLeases(
  { harness, database }: ActivityDependencies,
  log: EvidenceLog,
  { email, customerId }: RunSubject,
): Promise<void> {
  const audit = await harness.clientOf(email).audit(customerId);
  const entries = audit
    .filter(({ action }) => action.startsWith('lease.'))
    .toSorted((left, right) => left.sequence - right.sequence)
    .map(({ action, subject, data }): LeaseEntry => ({
      action,
      holder: subject,
      deployment: String(data['deployment']),
      token: Number(data['fencing_token']),
    }));
  const rows = await database.rows<{
    deployment: string;
    fencing_token: string;
    optimization_id: string | null;
  }>('SELECT deployment, fencing_token, optimization_id FROM deployment_leases WHERE customer_id = $1', [
    customerId,
  ]);
  const faults: string[] = [];
  const tokens: string[] = [];
  for (const { deployment, fencing_token: newest, optimization_id: holder } of rows) {
    const own = entries.filter((entry) => entry.deployment === deployment);
    const taken = own.filter(({ action }) => action === 'lease.acquired').map(({ token }) => token);
    tokens.push(`${deployment}: ${taken.join(', ')}`);
    faults.push(...leaseFaults(deployment, own));
    if (taken.at(-1) !== Number(newest)) faults.push(`${deployment}: the row has token ${newest}`);
    if (holder !== null) faults.push(`${deployment} is still held by ${holder}`);
  }
  const about = {
    unit: 'text',
    source: 'audit and PostgreSQL deployment_leases',
    sampleSize: entries.length,
  };
  log.record('together.lease-tokens', tokens.sort(), about);
  log.record('together.lease-faults', faults, about);
  log.record('together.leases', entries.filter(({ action }) => action === 'lease.acquired').length, {
    ...about,
    unit: 'count',
  });
}
