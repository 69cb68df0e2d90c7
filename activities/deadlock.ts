import pg from 'pg';

import type { DeadlockActivities } from '../src/contracts/deadlock-activities.ts';
import type { RunSubject } from '../src/contracts/activities.ts';
import { waitForCondition } from '../src/client/index.ts';
import { heartbeating, type ActivityDependencies } from './context.ts';
import {
  CYCLE_REFUSED,
  dependencyCalls,
  holdsCircle,
  namesCircle,
  type Answer,
  type DependencyCalls,
} from './dependency-calls.ts';
import { createEvidenceLog, type EvidenceLog } from './evidence.ts';
import { isTimeout } from './measurements.ts';

type Input<K extends keyof DeadlockActivities> = Parameters<DeadlockActivities[K]>[0];

const TURN_DEADLINE_MS = 20_000;
const FROM_API = 'PUT /recommendations/{id}/dependencies';

/** Circles are refused by name and nothing of them is begun; an order that works is kept. */
export function createDeadlockActivities(dependencies: ActivityDependencies): DeadlockActivities {
  return {
    refuseCycles: (input) => heartbeating((progress) => refuseCycles(dependencies, input, progress)),
    refusePlantedCycle: (input) => heartbeating(() => refusePlantedCycle(dependencies, input)),
    approveInOrder: (input) => heartbeating(() => approveInOrder(dependencies, input)),
    awaitTurn: (input) => heartbeating((progress) => awaitTurn(dependencies, input, progress)),
  };
}

async function refuseCycles(
  dependencies: ActivityDependencies,
  { subject, proposals }: Input<'refuseCycles'>,
  progress: (details: unknown) => void,
): ReturnType<DeadlockActivities['refuseCycles']> {
  const log = createEvidenceLog(dependencies.harness.clock);
  const calls = dependencyCalls(dependencies, subject);
  const ids = proposals.map(({ recommendationId }) => recommendationId);
  const refused: number[] = [];
  const named: number[] = [];
  const answers: Answer[] = [];
  for (let length = 1; length <= ids.length; length += 1) {
    const circle = ids.slice(0, length);
    progress({ length });
    await forget(calls, ids);
    for (const [index, id] of circle.slice(0, -1).entries()) {
      await calls.dependOn(id, [circle[index + 1] ?? '']);
    }
    const closing = await calls.dependOn(circle.at(-1) ?? '', [circle[0] ?? '']);
    answers.push(closing);
    if (closing.said === CYCLE_REFUSED) refused.push(length);
    if (namesCircle(closing, circle)) named.push(length);
  }
  const edges = await edgesOf(dependencies, subject);
  const about = { source: FROM_API, sampleSize: answers.length };
  log.record(
    'cycles.tried',
    ids.map((_id, index) => index + 1),
    { unit: 'recommendations in a circle', ...about },
  );
  log.record('cycles.refused', refused, { unit: 'recommendations in a circle', ...about });
  log.record('cycles.named', named, { unit: 'recommendations in a circle', ...about });
  log.record('cycles.slowest-ms', Math.max(...answers.map(({ wallMs }) => wallMs)), { unit: 'ms', ...about });
  log.record('cycles.in-rows', holdsCircle(edges), {
    unit: 'flag',
    source: 'PostgreSQL recommendation_dependencies',
    sampleSize: edges.length,
  });
  await race(dependencies, log, { subject, ids, calls });
  await forget(calls, ids);
  await recordStarted(dependencies, log, subject, 'cycles');
  return {
    evidence: log.evidence,
    notes: answers.map(({ said, detail }) => `${said} ${detail}`),
    output: {},
  };
}

/** Every part of the longest circle at once: whoever comes last must see what the others have written. */
async function race(
  dependencies: ActivityDependencies,
  log: EvidenceLog,
  { subject, ids, calls }: { subject: RunSubject; ids: readonly string[]; calls: DependencyCalls },
): Promise<void> {
  await forget(calls, ids);
  const answers = await Promise.all(
    ids.map((id, index) => calls.dependOn(id, [ids[(index + 1) % ids.length] ?? ''])),
  );
  const edges = await edgesOf(dependencies, subject);
  const refused = answers.filter(({ said }) => said === CYCLE_REFUSED).length;
  const accepted = answers.filter(({ said }) => said === '200').length;
  const about = { source: `${FROM_API}, at once`, sampleSize: answers.length };
  log.record('race.refused', refused, { unit: 'count', ...about });
  log.record('race.other-answers', answers.length - refused - accepted, { unit: 'count', ...about });
  log.record('race.in-rows', holdsCircle(edges), {
    unit: 'flag',
    source: 'PostgreSQL recommendation_dependencies',
    sampleSize: edges.length,
  });
}

async function forget(calls: DependencyCalls, ids: readonly string[]): Promise<void> {
  for (const id of ids) await calls.dependOn(id, []);
}

function edgesOf(
  { database }: ActivityDependencies,
  { customerId }: RunSubject,
): Promise<{ from: string; to: string }[]> {
  return database.rows(
    'SELECT recommendation_id AS "from", depends_on AS "to" FROM recommendation_dependencies WHERE customer_id = $1',
    [customerId],
  );
}

/** Nothing of a circle may have begun, or been approved on the way. */
async function recordStarted(
  { database }: ActivityDependencies,
  log: EvidenceLog,
  { customerId }: RunSubject,
  prefix: string,
): Promise<void> {
  const [row] = await database.rows<{ optimizations: number; approvals: number }>(
    `SELECT (SELECT count(*)::int FROM optimizations WHERE customer_id = $1) AS optimizations,
       (SELECT count(*)::int FROM approvals WHERE customer_id = $1) AS approvals`,
    [customerId],
  );
  const source = 'PostgreSQL optimizations, approvals';
  log.record(`${prefix}.optimizations`, row?.optimizations ?? null, { unit: 'count', source });
  log.record(`${prefix}.approvals`, row?.approvals ?? null, { unit: 'count', source });
}

async function refusePlantedCycle(
  dependencies: ActivityDependencies,
  { subject, proposals }: Input<'refusePlantedCycle'>,
): ReturnType<DeadlockActivities['refusePlantedCycle']> {
  const log = createEvidenceLog(dependencies.harness.clock);
  const calls = dependencyCalls(dependencies, subject);
  const ids = proposals.map(({ recommendationId }) => recommendationId);
  await plant(dependencies, subject, ids);
  const asked = {
    'bulk-approve': await calls.approveMany(ids),
    'resolve-conflict': await calls.resolve(ids),
  };
  for (const [name, answer] of Object.entries(asked)) {
    const source = `POST ${name} over a circle in the rows`;
    log.record(`planted.${name}.answer`, answer.said, { unit: 'text', source });
    log.record(`planted.${name}.named`, namesCircle(answer, ids), { unit: 'flag', source });
    log.record(`planted.${name}.ms`, answer.wallMs, { unit: 'ms', source });
  }
  await recordStarted(dependencies, log, subject, 'planted');
  const repair = await calls.dependOn(ids[0] ?? '', []);
  const edges = await edgesOf(dependencies, subject);
  log.record('planted.repair', repair.said, { unit: 'text', source: FROM_API });
  log.record('planted.in-rows-after', holdsCircle(edges), {
    unit: 'flag',
    source: 'PostgreSQL recommendation_dependencies',
    sampleSize: edges.length,
  });
  await forget(calls, ids);
  return {
    evidence: log.evidence,
    notes: Object.entries(asked).map(([name, { said, detail }]) => `${name}: ${said} ${detail}`),
    output: {},
  };
}

/** A fault of the store: the API lets no such row in, so it comes from beside it. */
async function plant(
  { harness }: ActivityDependencies,
  { customerId }: RunSubject,
  ids: readonly string[],
): Promise<void> {
  const { urls, ports } = harness.environment;
  const client = new pg.Client({
    host: urls.postgresHost,
    port: ports.postgres,
    user: 'optiinfra_app',
    password: harness.secrets.postgresAppPassword,
    database: 'optiinfra',
  });
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query(`SELECT set_config('optiinfra.scope', 'system', true)`);
    for (const [index, id] of ids.entries()) {
      await client.query(
        `INSERT INTO recommendation_dependencies (customer_id, recommendation_id, depends_on)
         VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
        [customerId, id, ids[(index + 1) % ids.length]],
      );
    }
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
}

async function approveInOrder(
  dependencies: ActivityDependencies,
  { subject, proposals }: Input<'approveInOrder'>,
): ReturnType<DeadlockActivities['approveInOrder']> {
  const log = createEvidenceLog(dependencies.harness.clock);
  const calls = dependencyCalls(dependencies, subject);
  const [first] = proposals;
  const second = proposals.find(({ deployment }) => deployment !== first?.deployment);
  if (first === undefined || second === undefined)
    return { evidence: [], notes: ['No two deployments have an offer'], output: null };
  const [before, after] = [first.recommendationId, second.recommendationId];
  const said = await calls.dependOn(after, [before]);
  const approved = await calls.approveMany([after, before]);
  const rows = await dependencies.database.rows<{ id: string; recommendation_id: string }>(
    'SELECT id, recommendation_id FROM optimizations WHERE customer_id = $1',
    [subject.customerId],
  );
  const idOf = (recommendation: string): string | undefined =>
    rows.find((row) => row.recommendation_id === recommendation)?.id;
  const results = (
    approved.body as { results?: readonly { recommendation_id: string; status: string }[] } | null
  )?.results;
  log.record('order.dependency', said.said, { unit: 'text', source: FROM_API });
  log.record('order.approved', approved.said, { unit: 'text', source: 'POST bulk-approve' });
  log.record(
    'order.kept',
    results === undefined
      ? null
      : results.map(({ recommendation_id: id, status }) => `${id === before ? 'first' : 'second'} ${status}`),
    { unit: 'text', source: 'POST bulk-approve, asked for the second first' },
  );
  log.record('order.optimizations', rows.length, { unit: 'count', source: 'PostgreSQL optimizations' });
  const [firstId, secondId] = [idOf(before), idOf(after)];
  return {
    evidence: log.evidence,
    notes: [`${second.type} of ${second.deployment} waits for ${first.type} of ${first.deployment}`],
    output: firstId === undefined || secondId === undefined ? null : { firstId, secondId },
  };
}

interface TurnRow extends Record<string, unknown> {
  readonly id: string;
  readonly status: string;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
}

async function awaitTurn(
  { harness, database }: ActivityDependencies,
  { firstId, secondId }: Input<'awaitTurn'>,
  progress: (details: unknown) => void,
): ReturnType<DeadlockActivities['awaitTurn']> {
  const log = createEvidenceLog(harness.clock);
  const look = async (): Promise<{ first: TurnRow | undefined; second: TurnRow | undefined }> => {
    const rows = await database.rows<TurnRow>(
      'SELECT id, status, started_at, finished_at FROM optimizations WHERE id = ANY($1::text[])',
      [[firstId, secondId]],
    );
    return { first: rows.find(({ id }) => id === firstId), second: rows.find(({ id }) => id === secondId) };
  };
  await waitForCondition(
    async () => {
      const { second } = await look();
      progress(second?.status ?? 'no row');
      return (second?.started_at ?? null) === null
        ? ({ done: false, observed: second?.status ?? 'no row' } as const)
        : ({ done: true, value: second } as const);
    },
    {
      condition: `the turn of ${secondId}`,
      deadlineMs: TURN_DEADLINE_MS,
      intervalMs: 100,
      clock: harness.clock,
    },
  ).catch((error: unknown) => {
    if (!isTimeout(error)) throw error;
  });
  const { first, second } = await look();
  const [ended, begun] = [first?.finished_at ?? null, second?.started_at ?? null];
  const source = 'PostgreSQL optimizations';
  log.record('turn.first', first?.status ?? null, { unit: 'text', source });
  log.record('turn.second', second?.status ?? null, { unit: 'text', source });
  log.record(
    'turn.gap-seconds',
    ended === null || begun === null ? null : (begun.getTime() - ended.getTime()) / 1000,
    {
      unit: 's',
      source: `${source}: start of the second − end of the first`,
    },
  );
  return { evidence: log.evidence, notes: [`The second is ${second?.status ?? 'not there'}`], output: {} };
}
