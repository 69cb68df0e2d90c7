import { distance } from 'fastest-levenshtein';

import { OptiInfraError } from '../../support/errors.ts';

/** A run or suite that an id may mean. */
export interface Known {
  readonly kind: 'run' | 'suite';
  readonly id: string;
  /** When it began, or was recorded: the last of them is `last`. */
  readonly atMs: number;
  /** In Temporal; null when only its record is known. */
  readonly workflowId: string | null;
}

const LAST = 'last';
const SHOWN = 4;

/**
 * What is meant by an id, the beginning of one that is clear, or `last`. A suite comes before its own runs, whose ids
 * begin with its own.
 * @throws OptiInfraError `UNKNOWN_RUN` with the nearest ids, or with those among which the beginning does not decide
 */
export function resolveAmong(typed: string, known: readonly Known[], noun = 'run or suite'): Known {
  const newest = withoutRunsOfSuites(known).toSorted((one, other) => other.atMs - one.atMs)[0];
  if (newest === undefined) {
    throw new OptiInfraError('UNKNOWN_RUN', `no ${noun} ${typed}: there is none yet`, {
      hint: '`e2e run <scenario>` makes one; `e2e list` shows the scenarios.',
    });
  }
  const exact = known.find(({ id }) => id === typed);
  if (exact !== undefined) return exact;
  if (typed === LAST) return newest;
  const beginning = typed === '' ? [] : withoutRunsOfSuites(known.filter(({ id }) => id.startsWith(typed)));
  const [only, ...more] = beginning;
  if (only !== undefined && more.length === 0) return only;
  throw only === undefined ? unknown(typed, known, noun) : ambiguous(typed, beginning);
}

function withoutRunsOfSuites(known: readonly Known[]): Known[] {
  const suites = known.filter(({ kind }) => kind === 'suite');
  return known.filter(
    ({ kind, id }) => kind === 'suite' || !suites.some((suite) => id.startsWith(`${suite.id}-`)),
  );
}

function unknown(typed: string, known: readonly Known[], noun: string): OptiInfraError {
  const ids = known.map(({ id }) => id);
  const holding = typed.length >= 3 ? ids.filter((id) => id.includes(typed)) : [];
  const nearest = ids.toSorted((one, other) => distance(typed, one) - distance(typed, other));
  const near = [...new Set([...holding.toReversed(), ...nearest])].slice(0, SHOWN);
  return new OptiInfraError('UNKNOWN_RUN', `no ${noun} ${typed}`, {
    hint: `Nearest: ${near.join(', ')}. \`e2e show\` lists all.`,
  });
}

function ambiguous(typed: string, meant: readonly Known[]): OptiInfraError {
  const more = meant.length > SHOWN ? `, and ${String(meant.length - SHOWN)} more` : '';
  const ids = meant.slice(0, SHOWN).map(({ id }) => id);
  return new OptiInfraError('UNKNOWN_RUN', `${typed} is the beginning of ${String(meant.length)} ids`, {
    hint: `Type more of it: ${ids.join(', ')}${more}.`,
  });
}
