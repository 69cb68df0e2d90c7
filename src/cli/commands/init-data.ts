import { join } from 'node:path';

import type { Command } from 'commander';

import { DEMO_FLEETS, DEMO_RUN_ID, type DemoFleet } from '../../contracts/demo.ts';
import type { EnvironmentDescriptor } from '../../contracts/environment.ts';
import type { DemoCustomer, Harness } from '../../fixtures/index.ts';
import { OptiInfraError } from '../../support/errors.ts';
import { listOption } from '../options.ts';

interface InitDataOptions {
  readonly name: string;
  readonly fleet?: readonly DemoFleet[];
  readonly remove?: boolean;
}

export function registerInitData(program: Command): void {
  program
    .command('init-data')
    .description('make demo customers in a running environment, to look around with; safe to repeat')
    .option('--name <name>', 'environment to make them in', 'default')
    .option(
      '--fleet <fleets>',
      `commas between: ${DEMO_FLEETS.join(', ')} (default: all; each keeps a part of a core busy)`,
      listOption('--fleet', DEMO_FLEETS),
    )
    .option('--remove', 'take their fleets down again; their accounts stay until `e2e down`')
    .addHelpText(
      'after',
      '\nExamples:\n  e2e init-data --fleet acme\n  e2e ui portal\n  e2e init-data --remove',
    )
    .action(initData);
}

async function initData(options: InitDataOptions): Promise<void> {
  if (options.remove === true && options.fleet !== undefined) {
    throw new OptiInfraError('USAGE', '--remove takes all of them: it does not go with --fleet', {
      hint: 'Leave --fleet out.',
    });
  }
  const { connectEnvironment } = await import('../../environment/index.ts');
  const { createHarness } = await import('../../fixtures/index.ts');
  const { createLogger } = await import('../../support/logging.ts');
  const { descriptor, secrets } = connectEnvironment(options.name);
  checkProcesses(descriptor);
  const harness = createHarness(descriptor, secrets, createLogger('init-data', 'warn'));
  if (options.remove === true) await removeAll(harness);
  else await createAll(harness, options.fleet ?? DEMO_FLEETS);
}

const NEEDED = ['orchestrator', 'world', 'postgres'];

function checkProcesses({ name, processIds }: EnvironmentDescriptor): void {
  const missing = NEEDED.filter((process) => processIds[process] === undefined);
  if (missing.length === 0) return;
  throw new OptiInfraError(
    'ENVIRONMENT_MISMATCH',
    `environment "${name}" was started without ${missing.join(', ')}`,
    { hint: `\`e2e down --name ${name}\`, then \`e2e up --name ${name}\` without --only.` },
  );
}

async function createAll(harness: Harness, fleets: readonly DemoFleet[]): Promise<void> {
  const { createDemoCustomer, createWorldClient } = await import('../../fixtures/index.ts');
  const { noteCredentials } = await import('../init-data/credentials.ts');
  const world = createWorldClient(harness.environment.urls.world);
  const file = join(harness.environment.directory, 'demo-customers.json');
  for (const fleet of fleets) {
    const customer = await createDemoCustomer(harness, world, fleet, (what) => {
      if (process.stderr.isTTY) process.stderr.write(`\r\u{1b}[K${fleet}: ${what} …`);
    });
    if (process.stderr.isTTY) process.stderr.write('\r\u{1b}[K');
    noteCredentials(file, customer);
    print(line(fleet, customer));
  }
  print(`log in at ${harness.environment.urls.portal}; the passwords are in`);
  print(`  ${file}`);
}

function line(fleet: DemoFleet, { company, email, wasThere }: DemoCustomer): string {
  return `${company.padEnd(14)} ${email}  fleet ${fleet}${wasThere ? ', was there' : ''}`;
}

async function removeAll(harness: Harness): Promise<void> {
  const { createWorldClient, openDatabase } = await import('../../fixtures/index.ts');
  const { cleanUpRun } = await import('../../../activities/clean-up.ts');
  const world = createWorldClient(harness.environment.urls.world);
  await using database = openDatabase(harness);
  const sites = await world.sitesOf(DEMO_RUN_ID);
  await cleanUpRun({ harness, world, database }, { runId: DEMO_RUN_ID }, () => undefined);
  print(
    sites.length === 0
      ? 'there is no demo fleet here'
      : `removed the ${sites.length === 1 ? 'fleet' : 'fleets'} of ${sites.map(({ companyName }) => companyName).join(', ')}`,
  );
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
