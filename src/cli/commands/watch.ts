import { join } from 'node:path';

import type { Command } from 'commander';

export function registerWatch(program: Command): void {
  program
    .command('watch')
    .description('come back to a run or a suite and show it until its verdict')
    .argument('<run>', 'id of the run or suite, the beginning of one, or `last`')
    .option('--name <name>', 'environment it runs in', 'default')
    .option('--allow-flaky', 'exit 0 when a suite saw nothing worse than flaky runs')
    .option('--json', 'one event an object, one object a line')
    .action(watch);
}

interface WatchOptions {
  readonly name: string;
  readonly allowFlaky?: boolean;
  readonly json?: boolean;
}

async function watch(typed: string, options: WatchOptions): Promise<void> {
  const { connectEnvironment, PROJECT_ROOT } = await import('../../environment/index.ts');
  const { createClock } = await import('../../support/clock.ts');
  const { connectTemporal } = await import('../runs/temporal.ts');
  const { resolveInTemporal } = await import('../runs/known-runs.ts');
  const { descriptor } = connectEnvironment(options.name);
  await using temporal = await connectTemporal(descriptor);
  const { kind, id, workflowId } = await resolveInTemporal(temporal.client, typed);
  const common = {
    temporal,
    descriptor,
    clock: createClock(descriptor.anchor),
    json: options.json === true,
  };
  const stateDirectory = join(PROJECT_ROOT, '.e2e');
  if (kind === 'run') {
    const { attach } = await import('../runs/attach.ts');
    process.exitCode = await attach({ ...common, runId: id, runsDirectory: join(stateDirectory, 'runs') });
    return;
  }
  const { attachSuite } = await import('../runs/attach-suite.ts');
  const allowFlaky = options.allowFlaky === true;
  const { exitCode } = await attachSuite({ ...common, suiteId: id, workflowId, stateDirectory, allowFlaky });
  process.exitCode = exitCode;
}
