import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { SCENARIOS } from '../../contracts/scenarios/index.ts';
import type { NameSources } from './complete.ts';

/** Names from this clone, read without a call; those of schedules come from Temporal, or not at all. */
export function nameSources(root: string): NameSources {
  const inDirectory = (...path: string[]): string[] => {
    const directory = join(root, '.e2e', ...path);
    return existsSync(directory)
      ? readdirSync(directory, { withFileTypes: true })
          .filter((entry) => entry.isDirectory())
          .map(({ name }) => name)
      : [];
  };
  return {
    scenarios: () => SCENARIOS.map(({ name }) => name),
    tags: () => SCENARIOS.flatMap(({ tags }) => tags),
    phases: () => SCENARIOS.flatMap(({ phases }) => phases.map(({ name }) => name)),
    environments: () => inDirectory('environments'),
    runs: () => inDirectory('runs'),
    schedules: schedulesOf,
  };
}

const ANSWER_WITHIN_MS = 1_500;

/** An environment that is down, or slow, has no names to offer: a shell that waits for Tab shows no error. */
async function schedulesOf(environment: string): Promise<readonly string[]> {
  const { connectEnvironment } = await import('../../environment/index.ts');
  const { connectTemporal } = await import('../runs/temporal.ts');
  const { scheduleNames } = await import('../schedules/schedule-errors.ts');
  const { OptiInfraError } = await import('../../support/errors.ts');
  try {
    const { descriptor } = connectEnvironment(environment);
    await using temporal = await connectTemporal(descriptor);
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
    return await temporal.connection.withAbortSignal(signal, () => scheduleNames(temporal));
  } catch (error) {
    if (error instanceof OptiInfraError || (error as Error).name === 'ServiceError') return [];
    throw error;
  }
}
