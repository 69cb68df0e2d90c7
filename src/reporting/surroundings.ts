/** What a run's page tells about the environment and the run's own record does not hold. */
export interface Surroundings {
  /** Base URL of Temporal's UI; null when it was not recorded. */
  readonly temporalUi: string | null;
  /** World seconds in a wall second; null when it was not recorded. */
  readonly timeScale: number | null;
}

export const UNKNOWN_SURROUNDINGS: Surroundings = { temporalUi: null, timeScale: null };
