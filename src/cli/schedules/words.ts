import { OptiInfraError } from '../../support/errors.ts';

/** Our words for Temporal's overlap policies, in the order of the help. */
export const OVERLAPS = {
  skip: 'SKIP',
  'buffer-one': 'BUFFER_ONE',
  'buffer-all': 'BUFFER_ALL',
  'cancel-other': 'CANCEL_OTHER',
  'terminate-other': 'TERMINATE_OTHER',
  'allow-all': 'ALLOW_ALL',
} as const;
export type Overlap = keyof typeof OVERLAPS;
export const OVERLAP_NAMES = Object.keys(OVERLAPS) as Overlap[];

export function overlapOf(policy: string | undefined): Overlap {
  return OVERLAP_NAMES.find((name) => OVERLAPS[name] === policy) ?? 'skip';
}

export const NIGHTLY = '0 2 * * *';

const NAME_FORM = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;
const MOST_LETTERS = 60;

/** The name becomes part of suite ids, run ids and directories. */
export function checkScheduleName(name: string): void {
  if (NAME_FORM.test(name) && name.length <= MOST_LETTERS) return;
  throw new OptiInfraError('USAGE', `"${name}" is no name for a schedule`, {
    hint: `Use small letters, digits and single dashes, at most ${String(MOST_LETTERS)}: \`nightly\`.`,
  });
}

/** What we note with a schedule of ours, as Temporal compiles a cron line away. Whoever made it: a person, not a run. */
export interface ScheduleNote {
  readonly when: string;
  /** The selection in words. */
  readonly what: string;
  readonly by: string;
}
export const NOTE_KEY = 'e2eSchedule';

export function noteOf(memo: Readonly<Record<string, unknown>> | undefined): ScheduleNote | null {
  const note = memo?.[NOTE_KEY] as Partial<ScheduleNote> | undefined;
  if (typeof note?.when !== 'string' || typeof note.what !== 'string') return null;
  return { when: note.when, what: note.what, by: note.by ?? 'unknown' };
}
