import { OptiInfraError } from '../../support/errors.ts';
import { nearestName } from '../nearest-name.ts';

/** @throws OptiInfraError `USAGE` with the nearest name */
export function checkTimeZone(timeZone: string): string {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return timeZone;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const near = nearestName(timeZone, Intl.supportedValuesOf('timeZone'));
    throw new OptiInfraError('USAGE', `--time-zone: "${timeZone}" is no time zone`, {
      hint: near === undefined ? 'For example Europe/Berlin, or UTC.' : `Did you mean \`${near}\`?`,
    });
  }
}

const TIMESTAMP = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})?)?$/;
const ZONED = /(?:Z|[+-]\d{2}:\d{2})$/;

/** Parser of an option that takes a time; without an offset it is UTC. */
export function timeOption(flag: string): (text: string) => number {
  return (text) => {
    const zoned = ZONED.test(text) && text.length > 10 ? text : `${text}${text.length > 10 ? '' : 'T00:00'}Z`;
    const atMs = TIMESTAMP.test(text) ? Date.parse(zoned.replace(' ', 'T')) : Number.NaN;
    if (!Number.isNaN(atMs)) return atMs;
    throw new OptiInfraError('USAGE', `${flag}: "${text}" is no time`, {
      hint: 'For example 2026-11-28, 2026-11-28T02:00 (UTC) or 2026-11-28T02:00+01:00.',
    });
  };
}

/** `Sun 2026-11-29 02:00:00 GMT+1` */
export function formatTime(atMs: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'shortOffset',
  }).formatToParts(new Date(atMs));
  const part = (type: Intl.DateTimeFormatPartTypes): string =>
    parts.find((each) => each.type === type)?.value ?? '';
  const zone = timeZone === 'UTC' ? 'UTC' : part('timeZoneName');
  return `${part('weekday')} ${part('year')}-${part('month')}-${part('day')} ${part('hour')}:${part('minute')}:${part('second')} ${zone}`;
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** `1 h 30 min`, the two largest units. */
export function formatDuration(ms: number): string {
  const parts: string[] = [];
  let rest = ms;
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size);
    if (count > 0) parts.push(`${String(count)} ${unit}`);
    rest -= count * size;
  }
  return parts.length === 0 ? '0 s' : parts.slice(0, 2).join(' ');
}
