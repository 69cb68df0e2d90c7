import { OptiInfraError } from '../support/errors.ts';
import { nearestName } from './nearest-name.ts';

/** Parser of an option that takes a number inside limits (both included). */
export function numberOption(flag: string, minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (Number.isFinite(value) && value >= minimum && value <= maximum) return value;
    throw new OptiInfraError('USAGE', `${flag}: "${text}" is not a number from ${minimum} to ${maximum}`);
  };
}

/** Parser of an option that takes a whole number inside limits (both included). */
export function integerOption(flag: string, minimum: number, maximum: number): (text: string) => number {
  const parse = numberOption(flag, minimum, maximum);
  return (text) => {
    const value = parse(text);
    if (Number.isInteger(value)) return value;
    throw new OptiInfraError('USAGE', `${flag}: "${text}" is not a whole number`);
  };
}

const DAY_MS = 86_400_000;
const UNIT_MS = new Map([
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['min', 60_000],
  ['h', 3_600_000],
  ['d', DAY_MS],
]);

/** Parser of an option that takes a duration, as `90s`, `1h` or `1.5d`, inside limits (both included); gives milliseconds. */
export function durationOption(flag: string, minimumMs: number, maximumMs: number): (text: string) => number {
  return (text) => {
    const [, count, unit] = /^(\d+(?:\.\d+)?) ?(ms|s|min|m|h|d)$/.exec(text.trim()) ?? [];
    const ms = Math.round(Number(count) * (UNIT_MS.get(unit ?? '') ?? Number.NaN));
    if (ms >= minimumMs && ms <= maximumMs) return ms;
    const limits = `${String(minimumMs / 1000)} s to ${String(maximumMs / DAY_MS)} d`;
    throw new OptiInfraError('USAGE', `${flag}: "${text}" is not a duration from ${limits}`, {
      hint: 'A number with a unit: 90s, 30m, 1h, 2d.',
    });
  };
}

/** What a parser allows, for completion. */
interface Choices {
  readonly choices: readonly string[];
}

/** Parser of an option that takes one of some words. */
export function choiceOption<const T extends string>(
  flag: string,
  choices: readonly T[],
): ((text: string) => T) & Choices {
  const parse = (text: string): T => {
    const chosen = choices.find((choice) => choice === text);
    if (chosen !== undefined) return chosen;
    throw unknownChoice(flag, text, choices);
  };
  return Object.assign(parse, { choices });
}

/** Parser of an option that takes a list of words with commas between them. */
export function listOption<const T extends string>(
  flag: string,
  choices: readonly T[],
): ((text: string) => readonly T[]) & Choices {
  const parseOne = choiceOption(flag, choices);
  const parse = (text: string): readonly T[] => {
    const words = text.split(',').map((word) => word.trim());
    return [...new Set(words.map(parseOne))];
  };
  return Object.assign(parse, { choices });
}

function unknownChoice(flag: string, text: string, choices: readonly string[]): OptiInfraError {
  const near = nearestName(text, choices);
  return new OptiInfraError('USAGE', `${flag}: "${text}" is none of ${choices.join(', ')}`, {
    ...(near === undefined ? {} : { hint: `Did you mean \`${near}\`?` }),
  });
}
