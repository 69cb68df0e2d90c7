import { TASK_QUEUES } from '../../contracts/environment.ts';
import { SEARCH_ATTRIBUTES, workflowIdOf, type ScenarioInput } from '../../contracts/runs.ts';
import type { ScenarioDefinition } from '../../contracts/scenarios/index.ts';
import type { TemporalConnection } from './temporal.ts';

/** Starts a scenario and returns at once; attach to it with `followRun`. */
export async function startRun(
  { client }: TemporalConnection,
  scenario: ScenarioDefinition,
  runId: string,
  input: ScenarioInput,
): Promise<void> {
  const { defineSearchAttributeKey, SearchAttributeType, TypedSearchAttributes } =
    await import('@temporalio/common');
  const keyword = (name: string, value: string) => ({
    key: defineSearchAttributeKey(name, SearchAttributeType.KEYWORD),
    value,
  });
  await client.workflow.start(scenario.workflowType, {
    workflowId: workflowIdOf(runId),
    taskQueue: TASK_QUEUES.harness,
    args: [input],
    workflowIdConflictPolicy: 'FAIL',
    staticSummary: `${scenario.title}, seed ${String(input.seed)}`,
    staticDetails: `${scenario.description}\n\n${scenario.phases.map(({ number, title }) => `${String(number)}. ${title}`).join('\n')}`,
    memo: { scenario: scenario.name, input },
    typedSearchAttributes: new TypedSearchAttributes([
      keyword(SEARCH_ATTRIBUTES.scenario, scenario.name),
      keyword(SEARCH_ATTRIBUTES.gitRevision, input.gitRevision),
      { key: defineSearchAttributeKey(SEARCH_ATTRIBUTES.seed, SearchAttributeType.INT), value: input.seed },
    ]),
  });
}
