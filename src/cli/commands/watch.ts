import { join } from 'node:path';

import type { Command } from 'commander';

export function registerWatch(program: Command): void {
  program
    .command('watch')
    .description('come back to a run and show it until its verdict')
    .argument('<run>', 'id of the run')
    .option('--name <name>', 'environment it runs in', 'default')
    .option('--json', 'one event an object, one object a line')
    .action(watch);
}

async function watch(
  runId: string,
  options: { readonly name: string; readonly json?: boolean },
): Promise<void> {
  const { connectEnvironment, PROJECT_ROOT } = await import('../../environment/index.ts');
  const { createClock } = await import('../../support/clock.ts');
  const { connectTemporal } = await import('../runs/temporal.ts');
  const { attach } = await import('../runs/attach.ts');
  const { descriptor } = connectEnvironment(options.name);
  await using temporal = await connectTemporal(descriptor);
  process.exitCode = await attach({
    temporal,
    descriptor,
    runId,
    clock: createClock(descriptor.anchor),
    json: options.json === true,
    runsDirectory: join(PROJECT_ROOT, '.e2e', 'runs'),
  });
}
