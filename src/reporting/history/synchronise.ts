import { stat } from 'node:fs/promises';
import { join } from 'node:path';

import { describeError } from '../../support/errors.ts';
import { readRunFiles, recordedRunIds } from '../run-files.ts';
import { insertRuns, type HistoryConnection } from './connection.ts';
import { checkRecord } from './record-check.ts';
import { rowsOf, type RunRow } from './run-rows.ts';

/** What a synchronisation found under `.e2e/runs`. */
export interface Synchronisation {
  readonly imported: number;
  /** Read before, and the same since. */
  readonly unchanged: number;
  /** Records that are not in the history, each with the reason. */
  readonly unreadable: readonly { readonly runId: string; readonly reason: string }[];
}

/** Runs an insert; a record is some 80 kB, so that this much is in memory at a time. */
const CHUNK = 200;

/** Brings the history up to the files, which outlive it. Reads what is new or has changed; safe to repeat. */
export async function synchroniseRuns(
  connection: HistoryConnection,
  runsDirectory: string,
): Promise<Synchronisation> {
  const ids = await recordedRunIds(runsDirectory);
  const files = await Promise.all(ids.map((runId) => fileOf(runsDirectory, runId)));
  const known = await knownFingerprints(connection);
  const due = files.filter(({ path, fingerprint }) => known.get(path) !== fingerprint);
  const unreadable: { runId: string; reason: string }[] = [];
  for (let start = 0; start < due.length; start += CHUNK) {
    unreadable.push(...(await importChunk(connection, runsDirectory, due.slice(start, start + CHUNK))));
  }
  return {
    imported: due.length - unreadable.length,
    unchanged: files.length - due.length,
    unreadable,
  };
}

interface RunFile {
  readonly runId: string;
  readonly path: string;
  readonly fingerprint: string;
}

/** Both files of a run count: the second one holds its time scale, and comes an instant later. */
async function fileOf(runsDirectory: string, runId: string): Promise<RunFile> {
  const path = join(runsDirectory, runId, 'run.json');
  const marks = await Promise.all([path, join(runsDirectory, runId, 'surroundings.json')].map(markOf));
  return { runId, path, fingerprint: marks.join(' ') };
}

async function markOf(path: string): Promise<string> {
  const found = await stat(path).catch(() => null);
  return found === null ? 'none' : `${String(found.mtimeMs)}/${String(found.size)}`;
}

async function knownFingerprints(connection: HistoryConnection): Promise<ReadonlyMap<string, string>> {
  const rows = await connection.rows<{ path: string; fingerprint: string }>(
    `SELECT path, fingerprint FROM ${connection.database}.read_files FINAL`,
  );
  return new Map(rows.map(({ path, fingerprint }) => [path, fingerprint]));
}

/** Files are noted after their rows: whoever dies in between reads them again. Broken ones are not, and said each time. */
async function importChunk(connection: HistoryConnection, runsDirectory: string, files: readonly RunFile[]) {
  const results = await Promise.all(files.map(({ runId }) => readRows(runsDirectory, runId)));
  await insertRuns(
    connection,
    results.flatMap((result) => ('rows' in result ? result.rows : [])),
  );
  await connection.insert(
    'read_files',
    files.flatMap(({ path, fingerprint }, index) =>
      results[index] !== undefined && 'rows' in results[index] ? [{ path, fingerprint }] : [],
    ),
  );
  return results.flatMap((result) => ('reason' in result ? [result] : []));
}

async function readRows(
  runsDirectory: string,
  runId: string,
): Promise<{ readonly rows: RunRow[] } | { readonly runId: string; readonly reason: string }> {
  try {
    const { run, surroundings } = await readRunFiles(runsDirectory, runId);
    const checked = checkRecord(run);
    if ('fault' in checked) return { runId, reason: checked.fault };
    return { rows: rowsOf(checked.run, surroundings.timeScale) };
  } catch (error) {
    return { runId, reason: describeError(error) };
  }
}
