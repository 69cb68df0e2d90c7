import { join } from 'node:path';

import type { EnvironmentDescriptor, EnvironmentSecrets } from '../../contracts/environment.ts';
import { EXIT_CODES, type ScenarioInput } from '../../contracts/runs.ts';
import type { ScenarioDefinition } from '../../contracts/scenarios/index.ts';
import type { Clock } from '../../support/clock.ts';
import { attach } from '../runs/attach.ts';
import { newRunId } from '../runs/run-id.ts';
import { startRun } from '../runs/start-run.ts';
import type { TemporalConnection } from '../runs/temporal.ts';
import type { Project } from './load-project.ts';
import { startProjectWorker } from './project-worker.ts';

export interface RunProjectOptions {
  readonly temporal: TemporalConnection;
  readonly clock: Clock;
  readonly input: ScenarioInput;
  readonly environment: { readonly descriptor: EnvironmentDescriptor; readonly secrets: EnvironmentSecrets };
  readonly json: boolean;
  readonly root: string;
}

/** Runs scenarios of a project one after another, with a worker in this process. Gives the exit code of the first that is not green. */
export async function runProject(
  project: Project,
  scenarios: readonly ScenarioDefinition[],
  options: RunProjectOptions,
): Promise<number> {
  const { temporal, clock, input, environment, root } = options;
  await using worker = await startProjectWorker(project, environment, root);
  let worst: number = EXIT_CODES.passed;
  const left = new AbortController();
  process.once('SIGINT', () => left.abort());
  for (const scenario of scenarios) {
    if (left.signal.aborted) break;
    const runId = newRunId(clock);
    await startRun(temporal, scenario, runId, input, worker.taskQueue);
    const about = { temporal, descriptor: environment.descriptor, runId, clock, json: options.json };
    const exitCode = await attach({ ...about, runsDirectory: join(root, '.e2e', 'runs') });
    if (worst === EXIT_CODES.passed) worst = exitCode;
  }
  return worst;
}
