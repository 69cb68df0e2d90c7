import { NAMESPACES, type EnvironmentDescriptor } from '../../contracts/environment.ts';
import { workflowIdOf } from '../../contracts/runs.ts';
import { suiteIdOf, suiteWorkflowIdOf } from '../../contracts/suites.ts';
import { OptiInfraError } from '../../support/errors.ts';
import { connectTemporal, type TemporalConnection } from './temporal.ts';
import { unknownRun } from './workflow-state.ts';

/**
 * Address of what a person wants to see: `portal`, `temporal`, or the page of a run or suite.
 * @throws OptiInfraError `UNKNOWN_RUN`; `ENVIRONMENT_MISMATCH` when the process behind it was not started
 */
export async function addressOf(descriptor: EnvironmentDescriptor, target: string): Promise<string> {
  const { urls } = descriptor;
  if (target === 'portal') return started(descriptor, 'portal', urls.portal);
  const ui = started(descriptor, 'temporal', `${urls.temporalUi}/namespaces/${NAMESPACES.harness}/workflows`);
  if (target === 'temporal') return ui;
  await using temporal = await connectTemporal(descriptor);
  return `${ui}/${encodeURIComponent(await workflowOf(temporal, target))}`;
}

function started({ name, processIds }: EnvironmentDescriptor, process: string, address: string): string {
  if (processIds[process] !== undefined) return address;
  throw new OptiInfraError('ENVIRONMENT_MISMATCH', `environment "${name}" was started without ${process}`, {
    hint: `\`e2e down --name ${name}\`, then \`e2e up --name ${name}\` without --only.`,
  });
}

/** @throws OptiInfraError `UNKNOWN_RUN` */
export async function workflowOf(temporal: TemporalConnection, id: string): Promise<string> {
  const { WorkflowNotFoundError } = await import('@temporalio/client');
  for (const workflowId of [workflowIdOf(id), suiteWorkflowIdOf(id)]) {
    try {
      await temporal.client.workflow.getHandle(workflowId).describe();
      return workflowId;
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
  }
  const scheduled = await scheduledSuite(temporal, id);
  if (scheduled === undefined) throw unknownRun(`run ${id}`);
  return scheduled;
}

/** Temporal writes the time of a scheduled suite into its workflow id otherwise than we do into the suite's. */
async function scheduledSuite({ client }: TemporalConnection, id: string): Promise<string | undefined> {
  const prefix = suiteWorkflowIdOf(/^[a-z0-9-]+?(?=-\d{4}-)/.exec(id)?.[0] ?? id);
  for await (const { workflowId } of client.workflow.list({ query: `WorkflowId STARTS_WITH "${prefix}"` })) {
    if (suiteIdOf(workflowId) === id) return workflowId;
  }
  return undefined;
}
