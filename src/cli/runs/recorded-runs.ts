import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { distance } from 'fastest-levenshtein';

import type { RunState } from '../../contracts/runs.ts';
import { UNKNOWN_SURROUNDINGS, type Surroundings } from '../../reporting/surroundings.ts';
import { OptiInfraError, describeError } from '../../support/errors.ts';

/** A finished run as it lies under `.e2e/runs/<id>/`. */
export interface RecordedRun {
  readonly run: RunState;
  readonly surroundings: Surroundings;
}
export interface RecordedRuns {
  /** Oldest first. */
  readonly runs: readonly RecordedRun[];
  /** Ids whose record is broken: said, never skipped in silence. */
  readonly unreadable: readonly string[];
}

/** Every recorded run. */
export async function readRecordedRuns(runsDirectory: string): Promise<RecordedRuns> {
  const ids = await recordedIds(runsDirectory);
  const results = await Promise.allSettled(ids.map((id) => readRecord(runsDirectory, id)));
  const runs = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  return {
    runs: runs.toSorted((left, right) => Date.parse(left.run.startedAt) - Date.parse(right.run.startedAt)),
    unreadable: ids.filter((_, index) => results[index]?.status === 'rejected'),
  };
}

/**
 * One recorded run, the last one without an id.
 * @throws OptiInfraError `UNKNOWN_RUN` with the nearest ids, `RECORD_UNREADABLE`
 */
export async function readRecordedRun(runsDirectory: string, runId?: string): Promise<RecordedRun> {
  if (runId === undefined) {
    const last = (await readRecordedRuns(runsDirectory)).runs.at(-1);
    if (last !== undefined) return last;
    throw new OptiInfraError('UNKNOWN_RUN', 'no run is recorded yet', {
      hint: '`e2e run <scenario>` makes one; `e2e list` shows the scenarios.',
    });
  }
  const ids = await recordedIds(runsDirectory);
  // Only ids found in the directory are read, so that no id can lead out of it.
  if (!ids.includes(runId)) throw unknownRecord(runId, ids);
  return readRecord(runsDirectory, runId);
}

async function recordedIds(runsDirectory: string): Promise<string[]> {
  if (!existsSync(runsDirectory)) return [];
  const names = await readdir(runsDirectory);
  return names.filter((name) => existsSync(join(runsDirectory, name, 'run.json'))).sort();
}

async function readRecord(runsDirectory: string, runId: string): Promise<RecordedRun> {
  const directory = join(runsDirectory, runId);
  try {
    const run = JSON.parse(await readFile(join(directory, 'run.json'), 'utf8')) as RunState | null;
    if (!Array.isArray(run?.phases) || run.runId !== runId)
      throw new TypeError('it is not the record of this run');
    return { run, surroundings: await readSurroundings(join(directory, 'surroundings.json')) };
  } catch (cause) {
    throw new OptiInfraError('RECORD_UNREADABLE', `the record of run ${runId} cannot be read`, {
      cause: new Error(describeError(cause)),
      hint: `Look at ${join(directory, 'run.json')}.`,
    });
  }
}

/** Runs from before this file was written have none. */
async function readSurroundings(path: string): Promise<Surroundings> {
  if (!existsSync(path)) return UNKNOWN_SURROUNDINGS;
  return { ...UNKNOWN_SURROUNDINGS, ...(JSON.parse(await readFile(path, 'utf8')) as Partial<Surroundings>) };
}

const SUGGESTIONS = 3;

/** The ids that hold what was typed, else those that differ least. */
function unknownRecord(typed: string, ids: readonly string[]): OptiInfraError {
  const holding = typed.length >= 3 ? ids.filter((id) => id.includes(typed)) : [];
  const nearest = ids.toSorted((left, right) => distance(typed, left) - distance(typed, right));
  const near = [...new Set([...holding.toReversed(), ...nearest])].slice(0, SUGGESTIONS);
  return new OptiInfraError('UNKNOWN_RUN', `no run ${typed} is recorded`, {
    hint:
      near.length === 0
        ? 'There is none yet: `e2e run <scenario>` makes one.'
        : `Nearest: ${near.join(', ')}. \`e2e show\` lists all.`,
  });
}
