import { resolve } from 'node:path';

import type { Command } from 'commander';

interface DeployCommandOptions {
  readonly name: string;
  readonly from?: string;
}

export function registerDeploy(program: Command): void {
  program
    .command('deploy')
    .description('let new runs start on today’s code, while those under way end on the code they began with')
    .option('--name <name>', 'environment to deploy to', 'default')
    .option('--from <directory>', 'another checkout of this project instead of this one')
    .addHelpText(
      'after',
      `
A worker of this code is started beside the one that runs. When it is ready, new runs start on it; the other one
ends what it has begun and then stops by itself. Code that cannot be bundled or does not start changes nothing.

Examples:
  e2e deploy
  e2e deploy --from ../optiinfra-e2e-next --name nightly`,
    )
    .action(deploy);
}

async function deploy({ name, from }: DeployCommandOptions): Promise<void> {
  const { checkCheckout, connectEnvironment, deployWorker, PROJECT_ROOT } =
    await import('../../environment/index.ts');
  const { buildIdOf } = await import('../../support/build-id.ts');
  const { loadWorkflowBundle } = await import('../../support/workflow-bundle.ts');
  const { runningBuild } = await import('../runs/running-build.ts');
  const checkout = from === undefined ? PROJECT_ROOT : resolve(from);
  checkCheckout(checkout);
  const environment = connectEnvironment(name);
  const [buildId, before] = await Promise.all([buildIdOf(checkout), runningBuild(environment.descriptor)]);
  if (buildId === before) {
    print(`build ${buildId} is what the worker runs already`);
    return;
  }
  // Refused before anything is started: what cannot be bundled, with the bundler's own words.
  await loadWorkflowBundle({
    entry: resolve(checkout, 'workflows', 'index.ts'),
    cacheDir: resolve(checkout, '.cache', 'bundles'),
  });
  const { readyAfterMs, drainingPid } = await deployWorker(environment, { from: checkout });
  print(`build ${buildId} is current after ${(readyAfterMs / 1_000).toFixed(1)} s: new runs start on it`);
  if (drainingPid === null) return;
  print(
    `build ${before ?? 'before'} ends what is under way and then stops by itself (process ${String(drainingPid)})`,
  );
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
