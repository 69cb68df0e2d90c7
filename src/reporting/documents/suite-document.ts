import type { HistorySummary } from '../../contracts/history.ts';
import type { RunState } from '../../contracts/runs.ts';
import type { SuiteState } from '../../contracts/suites.ts';
import type { Surroundings } from '../surroundings.ts';
import { SUITE_SCHEMA_ID } from './ids.ts';
import { suiteFigures, type SuiteFigures } from './suite-figures.ts';

/** A suite as `e2e report --format json` gives it; the page shows no figure that is not in here. */
export interface SuiteDocument {
  readonly $schema: typeof SUITE_SCHEMA_ID;
  readonly suite: SuiteState;
  /** The runs of the suite whose records are here, in the order of the items and their tries. */
  readonly runs: readonly RunState[];
  /** What earlier runs say; null when the history could not be asked, which is not an empty one. */
  readonly history: HistorySummary | null;
  /** Why there is no history; null when there is one. */
  readonly missingHistory: string | null;
  readonly surroundings: Surroundings;
  readonly figures: SuiteFigures;
}

/** What earlier runs say, or why that is not known. */
export type SuiteHistory = HistorySummary | { readonly missing: string };

export interface SuiteDocumentInput {
  readonly suite: SuiteState;
  readonly runs: readonly RunState[];
  readonly history: SuiteHistory;
  readonly surroundings: Surroundings;
}

export function suiteDocument({ suite, runs, history, surroundings }: SuiteDocumentInput): SuiteDocument {
  const order = suite.items.flatMap(({ runIds }) => runIds);
  const own = runs
    .filter(({ runId }) => order.includes(runId))
    .toSorted((left, right) => order.indexOf(left.runId) - order.indexOf(right.runId));
  return {
    $schema: SUITE_SCHEMA_ID,
    suite,
    runs: own,
    ...('missing' in history
      ? { history: null, missingHistory: history.missing }
      : { history, missingHistory: null }),
    surroundings,
    figures: suiteFigures(suite, own),
  };
}
