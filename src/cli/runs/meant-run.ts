import { OptiInfraError } from '../../support/errors.ts';
import { recordedRunIds, type RecordedRun } from '../../reporting/run-files.ts';
import { readRecordedRun } from './recorded-runs.ts';

const SHOWN = 4;

/**
 * The recorded run that is meant by an id, the beginning of one that is clear, or `last`.
 * @throws OptiInfraError `UNKNOWN_RUN` with the nearest ids or those that begin so, `RECORD_UNREADABLE`
 */
export async function readMeantRun(runsDirectory: string, typed: string): Promise<RecordedRun> {
  if (typed === 'last') return readRecordedRun(runsDirectory);
  const ids = await recordedRunIds(runsDirectory);
  const meant = ids.includes(typed) || typed === '' ? [] : ids.filter((id) => id.startsWith(typed));
  if (meant.length > 1) throw ambiguous(typed, meant);
  return readRecordedRun(runsDirectory, meant[0] ?? typed);
}

function ambiguous(typed: string, meant: readonly string[]): OptiInfraError {
  const more = meant.length > SHOWN ? `, and ${String(meant.length - SHOWN)} more` : '';
  return new OptiInfraError('UNKNOWN_RUN', `${typed} is the beginning of ${String(meant.length)} ids`, {
    hint: `Type more of it: ${meant.slice(0, SHOWN).join(', ')}${more}.`,
  });
}
