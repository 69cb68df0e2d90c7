import type { Command } from 'commander';

export function registerWork(program: Command): void {
  program
    .command('work')
    .description('poll for the scenarios of a project elsewhere, until Ctrl-C')
    .requiredOption('--project <directory>', 'directory with an e2e.config.ts')
    .option('--name <name>', 'environment to work for', 'default')
    .addHelpText(
      'after',
      '\n`e2e run --project` brings a worker of its own while it is attached. A worker that stays is for schedules, for\nruns that were left with Ctrl-C, and for several commands at a time.\n\nExample:\n  e2e work --project docs/examples/foreign-service',
    )
    .action(work);
}

async function work(options: { readonly project: string; readonly name: string }): Promise<void> {
  const { loadProject } = await import('../projects/load-project.ts');
  const { startProjectWorker } = await import('../projects/project-worker.ts');
  const { connectEnvironment, PROJECT_ROOT } = await import('../../environment/index.ts');
  const project = await loadProject(options.project);
  await using worker = await startProjectWorker(project, connectEnvironment(options.name), PROJECT_ROOT);
  const names = project.scenarios.map(({ name }) => name).join(', ');
  process.stdout.write(`polling ${worker.taskQueue}: ${names}; Ctrl-C stops\n`);
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  await Promise.race([stopped, worker.running]);
  process.stdout.write('stopping; what runs goes on with the next worker\n');
}
