import type { Command } from 'commander';

export function registerCancel(program: Command): void {
  program
    .command('cancel')
    .description('stop a run or a suite and wait until it has cleaned up; Ctrl-C leaves it to that')
    .argument('<run>', 'id of the run or suite, the beginning of one, or `last`')
    .option('--name <name>', 'environment it runs in', 'default')
    .addHelpText('after', '\nExamples:\n  e2e cancel last\n  e2e cancel 20261128-2250 --name nightly')
    .action(cancel);
}

async function cancel(id: string, { name }: { readonly name: string }): Promise<void> {
  const { connectEnvironment } = await import('../../environment/index.ts');
  const { createClock } = await import('../../support/clock.ts');
  const { connectTemporal } = await import('../runs/temporal.ts');
  const { resolveInTemporal } = await import('../runs/known-runs.ts');
  const { cancelAndWait } = await import('../runs/cancel-and-wait.ts');
  const { descriptor } = connectEnvironment(name);
  await using temporal = await connectTemporal(descriptor);
  process.exitCode = await cancelAndWait({
    temporal,
    target: await resolveInTemporal(temporal.client, id),
    clock: createClock(descriptor.anchor),
    write: (text) => void process.stdout.write(text),
  });
}
