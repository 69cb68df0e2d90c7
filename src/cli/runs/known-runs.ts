import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

import type { Client } from '@temporalio/client';

import { SUITE_WORKFLOW, suiteIdOf } from '../../contracts/suites.ts';
import { resolveAmong, type Known } from './resolve-run.ts';

/** What lies recorded under `.e2e`. */
export async function recordedRunsAndSuites(stateDirectory: string): Promise<Known[]> {
  const [runs, suites] = await Promise.all([
    recorded(join(stateDirectory, 'runs'), 'run.json', 'run'),
    recorded(join(stateDirectory, 'suites'), 'suite.json', 'suite'),
  ]);
  return [...runs, ...suites];
}

async function recorded(directory: string, file: string, kind: Known['kind']): Promise<Known[]> {
  if (!existsSync(directory)) return [];
  const ids = (await readdir(directory)).filter((id) => existsSync(join(directory, id, file)));
  return Promise.all(
    ids.toSorted().map(async (id) => {
      const { mtimeMs } = await stat(join(directory, id, file));
      return { kind, id, atMs: mtimeMs, workflowId: null };
    }),
  );
}

/** Looked at for `last`: lists of Temporal begin with the newest. */
const NEWEST = 100;
const MAY_BE_PART_OF_AN_ID = /^[A-Za-z0-9-]+$/;

/**
 * The run or suite of an environment that is meant, over or not.
 * @throws OptiInfraError `UNKNOWN_RUN`
 */
export async function resolveInTemporal(
  client: Client,
  typed: string,
): Promise<Known & { workflowId: string }> {
  const found = resolveAmong(typed, await knownInTemporal(client, typed));
  if (found.workflowId === null) throw new TypeError('everything in Temporal has a workflow id');
  return { ...found, workflowId: found.workflowId };
}

async function knownInTemporal(client: Client, typed: string): Promise<Known[]> {
  // Only what an id may hold goes into a query.
  const narrow = typed !== 'last' && MAY_BE_PART_OF_AN_ID.test(typed);
  const meant = narrow
    ? await listed(client, `WorkflowId STARTS_WITH 'e2e-${typed}' OR WorkflowType = '${SUITE_WORKFLOW}'`)
    : [];
  const fits = meant.some(({ id }) => id.startsWith(typed));
  // Nothing begins like that: the newest ones are named in the refusal.
  return fits ? meant : listed(client, "WorkflowId STARTS_WITH 'e2e-'", NEWEST);
}

async function listed(client: Client, query: string, most = Number.POSITIVE_INFINITY): Promise<Known[]> {
  const found = new Map<string, Known>();
  for await (const { workflowId, type, startTime } of client.workflow.list({ query })) {
    const kind = type === SUITE_WORKFLOW ? 'suite' : 'run';
    const id = kind === 'suite' ? suiteIdOf(workflowId) : workflowId.replace(/^e2e-/, '');
    // A suite in its third history is one suite, and a run with attempts one run.
    if (!found.has(workflowId)) found.set(workflowId, { kind, id, atMs: startTime.getTime(), workflowId });
    if (found.size >= most) break;
  }
  return [...found.values()];
}
