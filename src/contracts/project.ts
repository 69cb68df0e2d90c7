/** `e2e.config.ts` of a project of scenarios outside this package: its default export. Paths are relative to the file. */
export interface ProjectConfig {
  /** Kebab-case; names the task queue that the project's worker polls. */
  readonly name: string;
  /** Module that exports the scenarios made by `defineScenario`, each under the name of its workflow type. Deterministic. */
  readonly scenarios: string;
  /** Module that exports `createActivities()`, which gives the activities by name. */
  readonly activities: string;
}

/** Name of the file in the project's directory. */
export const PROJECT_CONFIG_FILE = 'e2e.config.ts';

export function projectTaskQueue(name: string): string {
  return `e2e-project-${name}`;
}
