import { join } from 'node:path';

import type { ActivityDependencies } from '../../../activities/context.ts';
import type { EnvironmentDescriptor, EnvironmentSecrets } from '../../contracts/environment.ts';
import { projectTaskQueue } from '../../contracts/project.ts';
import type { Project } from './load-project.ts';
import { loadProjectBundle } from './project-bundle.ts';

/** A worker of a project in this process: polls until it is disposed of, which lets running activities end. */
export interface ProjectWorker extends AsyncDisposable {
  readonly taskQueue: string;
  /** Rejects when the worker breaks. */
  readonly running: Promise<void>;
}

/** Our own activities are there too: the frame of every scenario calls them at its end. */
export async function startProjectWorker(
  project: Project,
  environment: { readonly descriptor: EnvironmentDescriptor; readonly secrets: EnvironmentSecrets },
  root: string,
): Promise<ProjectWorker> {
  const { DefaultLogger, Runtime } = await import('@temporalio/worker');
  const { createActivities } = await import('../../../activities/index.ts');
  const { createActivityDependencies } = await import('../../../activities/context.ts');
  const { createHarness } = await import('../../fixtures/index.ts');
  const { createLogger } = await import('../../support/logging.ts');
  const { createHarnessWorker } = await import('../../../worker/worker.ts');
  const { descriptor, secrets } = environment;
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const harness = createHarness(descriptor, secrets, createLogger(`project ${project.name}`));
  const dependencies = withoutHistory(createActivityDependencies(harness, join(root, '.e2e')));
  const taskQueue = projectTaskQueue(project.name);
  const worker = await createHarnessWorker(
    descriptor,
    { ...createActivities(dependencies), ...project.createActivities() },
    { taskQueue, bundle: loadProjectBundle(project, root) },
  );
  const running = worker.run();
  return {
    taskQueue,
    running,
    [Symbol.asyncDispose]: async () => {
      if (worker.getState() === 'RUNNING') worker.shutdown();
      await running;
      await Promise.allSettled([
        dependencies.database[Symbol.asyncDispose](),
        dependencies.telemetry[Symbol.asyncDispose](),
      ]);
    },
  };
}

/** A foreign service needs no ClickHouse: where there is none, the files of a run are its history. */
function withoutHistory(dependencies: ActivityDependencies): ActivityDependencies {
  const { history, harness } = dependencies;
  if (harness.environment.processIds['clickhouse'] !== undefined) return dependencies;
  return { ...dependencies, history: { ...history, record: async () => undefined } };
}
