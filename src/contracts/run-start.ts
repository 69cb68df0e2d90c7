import { SEARCH_ATTRIBUTES, workflowIdOf, type ScenarioInput } from './runs.ts';
import type { ScenarioDefinition } from './scenarios/index.ts';

/** How a run is shown in Temporal: the same for one started by the command line and for the child of a suite. */
export interface RunStart {
  readonly workflowId: string;
  readonly args: [ScenarioInput];
  readonly staticSummary: string;
  readonly staticDetails: string;
  readonly memo: { readonly scenario: string; readonly input: ScenarioInput };
  /** Each run is a customer of its own: none may keep the others from the task queue. */
  readonly priority: { readonly fairnessKey: string };
  readonly keywords: readonly { readonly name: string; readonly value: string }[];
  readonly seed: { readonly name: string; readonly value: number };
}

/** Temporal cuts a fairness key at 64 bytes by refusing it. */
const FAIRNESS_KEY_LENGTH = 64;

export function runStartOf(scenario: ScenarioDefinition, runId: string, input: ScenarioInput): RunStart {
  const phases = scenario.phases.map(({ number, title }) => `${String(number)}. ${title}`).join('\n');
  return {
    workflowId: workflowIdOf(runId),
    args: [input],
    staticSummary: `${scenario.title}, seed ${String(input.seed)}`,
    staticDetails: `${scenario.description}\n\n${phases}`,
    memo: { scenario: scenario.name, input },
    priority: { fairnessKey: runId.slice(-FAIRNESS_KEY_LENGTH) },
    keywords: [
      { name: SEARCH_ATTRIBUTES.scenario, value: scenario.name },
      { name: SEARCH_ATTRIBUTES.gitRevision, value: input.gitRevision },
    ],
    seed: { name: SEARCH_ATTRIBUTES.seed, value: input.seed },
  };
}
