import { EXIT_CODES, type Verdict } from './runs.ts';
import type { RunSummary, SuiteItem, SuiteOutcome } from './suites.ts';

/** How an item ended by its tries, oldest first: the last decides, but a pass after one that was not is flaky. */
export function outcomeOf(tries: readonly RunSummary[]): SuiteOutcome | null {
  const last = tries.at(-1);
  if (last === undefined) return null;
  return last.verdict === 'passed' && tries.length > 1 ? 'flaky' : last.verdict;
}

/** A run that may be tried again: one that was stopped on purpose may not. */
export function isWorthARetry(verdict: Verdict): boolean {
  return verdict !== 'passed' && verdict !== 'cancelled';
}

/** Does fail-fast stop at this outcome? A flaky item has passed in the end; a cancelled or blocked one says nothing. */
export function stopsTheSuite(outcome: SuiteOutcome): boolean {
  return outcome === 'failed' || outcome === 'infra-error' || outcome === 'inconclusive';
}

/**
 * `passed` only when every item passed; nothing at all is inconclusive. Red goes before broken, broken before unknown,
 * unknown before cancelled. An item that a red run blocked adds nothing to that run's verdict, one that a cancellation
 * blocked is cancelled, and any other blocked one is the environment's fault.
 */
export function suiteVerdictOf(items: readonly SuiteItem[], errors: readonly string[]): Verdict {
  const has = (...wanted: readonly SuiteOutcome[]): boolean =>
    items.some(({ outcome }) => outcome !== null && wanted.includes(outcome));
  const blocked = (...causes: readonly (SuiteItem['blockedFor'] | null)[]): boolean =>
    items.some(({ outcome, blockedFor }) => outcome === 'blocked' && causes.includes(blockedFor ?? null));
  if (has('failed')) return 'failed';
  if (errors.length > 0 || has('infra-error') || blocked(null, 'requirement')) return 'infra-error';
  if (items.length === 0 || has('inconclusive', 'flaky')) return 'inconclusive';
  if (items.some(({ outcome }) => outcome === null) && !has('cancelled')) return 'inconclusive';
  if (has('cancelled') || blocked('cancelled')) return 'cancelled';
  return items.every(({ outcome }) => outcome === 'passed') ? 'passed' : 'inconclusive';
}

/** The exit code of a suite. With `allowFlaky` one that is inconclusive for nothing but flaky items counts as passed. */
export function suiteExitCode(
  suite: {
    readonly verdict: Verdict | null;
    readonly items: readonly SuiteItem[];
    readonly errors: readonly string[];
  },
  allowFlaky: boolean,
): number {
  const { verdict, items, errors } = suite;
  const onlyFlaky =
    errors.length === 0 &&
    items.length > 0 &&
    items.every(({ outcome }) => outcome === 'passed' || outcome === 'flaky');
  if (allowFlaky && verdict === 'inconclusive' && onlyFlaky) return EXIT_CODES.passed;
  return EXIT_CODES[verdict ?? 'inconclusive'];
}
