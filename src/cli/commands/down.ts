import type { Command } from 'commander';

import { OptiInfraError } from '../../support/errors.ts';
import { colours } from '../colours.ts';

interface DownOptions {
  readonly name?: string;
  readonly all?: boolean;
  readonly keepData?: boolean;
}

export function registerDown(program: Command): void {
  program
    .command('down')
    .description('stop an environment and remove its data')
    .option('--name <name>', 'name of the environment (default: "default")')
    .option('--all', 'every environment of this clone')
    .option('--keep-data', 'leave data and secrets for the next `e2e up` under this name')
    .action(down);
}

async function down(options: DownOptions): Promise<void> {
  if (options.all === true && options.name !== undefined) {
    throw new OptiInfraError('USAGE', '--all and --name exclude each other');
  }
  const { environmentNames, PROJECT_ROOT } = await import('../../environment/index.ts');
  const names = options.all === true ? environmentNames(PROJECT_ROOT) : [options.name ?? 'default'];
  for (const name of names) await stopOne(name, options);
  if (names.length === 0) process.stdout.write('no environment is up\n');
}

async function stopOne(name: string, options: DownOptions): Promise<void> {
  const { stopEnvironment } = await import('../../environment/index.ts');
  const { yellow } = colours();
  const report = await stopEnvironment({
    name,
    keepData: options.keepData === true,
    onEvent: ({ process: which, how }) => {
      if (how === 'killed') {
        process.stdout.write(`${yellow('!')} ${which} did not stop when asked and was killed\n`);
      }
    },
  });
  const count = report.stopped.length + report.killed.length + report.strays;
  const data = options.keepData === true ? 'data kept' : 'data removed';
  process.stdout.write(
    `environment "${name}" is down: ${count} ${count === 1 ? 'process' : 'processes'} stopped, ${data}\n`,
  );
}
