import type { SuiteState } from './suites.ts';

/** What a suite asks of the environment around its runs. */
export interface SuiteActivities {
  /** Looks whether the environment offers what a scenario needs; `missing` says what it lacks and the mend, else null. */
  checkScenario(input: { scenario: string }): Promise<{ readonly missing: string | null }>;
  /** Writes suite.json and the pages of a suite under `.e2e/suites/<suite>/` and returns the directory. */
  publishSuite(input: { suite: SuiteState }): Promise<string>;
}
