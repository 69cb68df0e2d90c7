import { TASK_QUEUES } from '../../contracts/environment.ts';
import { SUITE_WORKFLOW, suiteWorkflowIdOf, type SuiteInput } from '../../contracts/suites.ts';
import type { TemporalConnection } from './temporal.ts';

/** Starts a suite and returns its workflow id at once; attach to it with `attachSuite`. */
export async function startSuite(
  { client }: TemporalConnection,
  suiteId: string,
  input: SuiteInput,
): Promise<string> {
  const workflowId = suiteWorkflowIdOf(suiteId);
  await client.workflow.start(SUITE_WORKFLOW, {
    workflowId,
    taskQueue: TASK_QUEUES.harness,
    args: [input],
    workflowIdConflictPolicy: 'FAIL',
    staticSummary: `suite ${input.title}`,
    memo: { suite: input.title, input },
  });
  return workflowId;
}
