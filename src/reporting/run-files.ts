import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { RunState } from '../contracts/runs.ts';
import { OptiInfraError, describeError } from '../support/errors.ts';
import { UNKNOWN_SURROUNDINGS, type Surroundings } from './surroundings.ts';

/** A finished run as it lies under `.e2e/runs/<id>/`. */
export interface RecordedRun {
  readonly run: RunState;
  readonly surroundings: Surroundings;
}

/** Ids of all runs that have a record, in order of their start. */
export async function recordedRunIds(runsDirectory: string): Promise<string[]> {
  if (!existsSync(runsDirectory)) return [];
  const names = await readdir(runsDirectory);
  return names.filter((name) => existsSync(join(runsDirectory, name, 'run.json'))).sort();
}

/** @throws OptiInfraError `RECORD_UNREADABLE` */
export async function readRunFiles(runsDirectory: string, runId: string): Promise<RecordedRun> {
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
