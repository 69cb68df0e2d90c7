import { toTimestamp } from '../support/clock.ts';
import { OptiInfraError } from '../support/errors.ts';

const UNIT_MS = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
const AGO = /^(?<count>\d{1,6})(?<unit>[mhdw])$/;
const DATE = /^\d{4}-\d{2}-\d{2}/;

/** `7d`, or a date, as a timestamp; null when nothing was asked for. A date without a time begins in UTC. */
export function sinceOption(flag: string, text: string | undefined, nowMs: number): string | null {
  if (text === undefined) return null;
  const { count, unit } = AGO.exec(text)?.groups ?? {};
  if (count !== undefined) return toTimestamp(nowMs - Number(count) * UNIT_MS[unit as keyof typeof UNIT_MS]);
  const atMs = DATE.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isFinite(atMs)) return toTimestamp(atMs);
  throw new OptiInfraError('USAGE', `${flag}: "${text}" is neither a time ago nor a date`, {
    hint: 'Say `90m`, `12h`, `7d`, `2w` or `2026-11-22`.',
  });
}
