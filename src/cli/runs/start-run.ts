import { TASK_QUEUES } from '../../contracts/environment.ts';
import { runStartOf } from '../../contracts/run-start.ts';
import type { ScenarioInput } from '../../contracts/runs.ts';
import type { ScenarioDefinition } from '../../contracts/scenarios/index.ts';
import type { TemporalConnection } from './temporal.ts';

/** Starts a scenario and returns at once; attach to it with `followRun`. */
export async function startRun(
  { client }: TemporalConnection,
  scenario: ScenarioDefinition,
  runId: string,
  input: ScenarioInput,
  taskQueue: string = TASK_QUEUES.harness,
): Promise<void> {
  const { defineSearchAttributeKey, SearchAttributeType, TypedSearchAttributes } =
    await import('@temporalio/common');
  const keyword = (name: string, value: string) => ({
    key: defineSearchAttributeKey(name, SearchAttributeType.KEYWORD),
    value,
  });
  const { keywords, seed, ...start } = runStartOf(scenario, runId, input);
  await client.workflow.start(scenario.workflowType, {
    ...start,
    taskQueue,
    workflowIdConflictPolicy: 'FAIL',
    typedSearchAttributes: new TypedSearchAttributes([
      ...keywords.map(({ name, value }) => keyword(name, value)),
      { key: defineSearchAttributeKey(seed.name, SearchAttributeType.INT), value: seed.value },
    ]),
  });
}
