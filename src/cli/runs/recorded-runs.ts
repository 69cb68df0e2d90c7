import { distance } from 'fastest-levenshtein';

import { readRunFiles, recordedRunIds, type RecordedRun } from '../../reporting/run-files.ts';
import { OptiInfraError } from '../../support/errors.ts';

export interface RecordedRuns {
  /** Oldest first. */
  readonly runs: readonly RecordedRun[];
  /** Ids whose record is broken: said, never skipped in silence. */
  readonly unreadable: readonly string[];
}

/** Every recorded run. */
export async function readRecordedRuns(runsDirectory: string): Promise<RecordedRuns> {
  const ids = await recordedRunIds(runsDirectory);
  const results = await Promise.allSettled(ids.map((id) => readRunFiles(runsDirectory, id)));
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
  const ids = await recordedRunIds(runsDirectory);
  // Only ids found in the directory are read, so that no id can lead out of it.
  if (!ids.includes(runId)) throw unknownRecord(runId, ids);
  return readRunFiles(runsDirectory, runId);
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
