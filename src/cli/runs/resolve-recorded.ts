import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { recordedRunsAndSuites } from './known-runs.ts';
import { resolveAmong, type Known } from './resolve-run.ts';

const LAST = 'last';

/**
 * The recorded run or suite that is meant; only one of this kind, when it is named. The last one is that which started
 * last: making a report anew writes its record again, so the time of the file says nothing.
 * @throws OptiInfraError `UNKNOWN_RUN`
 */
export async function resolveRecorded(
  typed: string,
  stateDirectory: string,
  kind?: Known['kind'],
): Promise<Known> {
  const all = await recordedRunsAndSuites(stateDirectory);
  const known = kind === undefined ? all : all.filter((each) => each.kind === kind);
  const dated =
    typed === LAST ? await Promise.all(known.map((each) => byStart(each, stateDirectory))) : known;
  return resolveAmong(typed, dated, `recorded ${kind ?? 'run or suite'}`);
}

const RECORDS = { run: ['runs', 'run.json'], suite: ['suites', 'suite.json'] } as const;

/** A record that cannot be read keeps the time of its file, so that it is refused when it is the one that is meant. */
async function byStart(known: Known, stateDirectory: string): Promise<Known> {
  const [directory, file] = RECORDS[known.kind];
  const text = await readFile(join(stateDirectory, directory, known.id, file), 'utf8');
  const startedAt = /^ {2}"startedAt": "(?<at>[^"]+)"/m.exec(text)?.groups?.['at'];
  const atMs = startedAt === undefined ? Number.NaN : Date.parse(startedAt);
  return Number.isNaN(atMs) ? known : { ...known, atMs };
}
