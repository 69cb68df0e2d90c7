import { Option, type Command } from 'commander';

import { COLD_STARTS, type ColdStart } from '../../contracts/environment.ts';
import { displayName, PROCESS_NAMES, type ProcessName } from '../../environment/names.ts';
import { colours } from '../colours.ts';
import { interruptible } from '../interruption.ts';
import { choiceOption, listOption, numberOption } from '../options.ts';

interface UpOptions {
  readonly name: string;
  readonly timeScale: number;
  readonly coldStart: ColdStart;
  readonly ports: 'default' | 'auto';
  readonly provider: 'embedded';
  readonly only?: readonly string[];
  readonly coverage?: string;
}

const DISPLAY_NAMES = PROCESS_NAMES.map(displayName);

export function registerUp(program: Command): void {
  program
    .command('up')
    .description('start an environment: engines, world, platform, worker')
    .option('--name <name>', 'name of the environment', 'default')
    .option(
      '--time-scale <factor>',
      'world seconds in a wall second, 0.1 to 600',
      numberOption('--time-scale', 0.1, 600),
      60,
    )
    .option(
      '--cold-start <kind>',
      `how long a node boots: ${Object.entries(COLD_STARTS)
        .map(([kind, seconds]) => `${kind} ${seconds} s`)
        .join(', ')}`,
      choiceOption('--cold-start', Object.keys(COLD_STARTS) as ColdStart[]),
      'standard' as const,
    )
    .option(
      '--ports <choice>',
      'default: the table of the README; auto: free ports, for several environments side by side',
      choiceOption('--ports', ['default', 'auto']),
      'default' as const,
    )
    .option(
      '--provider <provider>',
      'where the engines come from',
      choiceOption('--provider', ['embedded']),
      'embedded' as const,
    )
    .option(
      '--only <processes>',
      `start these only, commas between: ${DISPLAY_NAMES.join(', ')}`,
      listOption('--only', DISPLAY_NAMES),
    )
    .addOption(
      new Option('--coverage <directory>', 'services leave what of their code ran there when they end').env(
        'E2E_COVERAGE',
      ),
    )
    .action(up);
}

async function up(options: UpOptions): Promise<void> {
  const { PROJECT_ROOT, preferPackageBundle, startEnvironment } = await import('../../environment/index.ts');
  const { green, dim } = colours();
  const started = performance.now();
  await preferPackageBundle(PROJECT_ROOT);
  const only = PROCESS_NAMES.filter((name) => options.only?.includes(displayName(name)) ?? true);
  const environment = await interruptible((signal) =>
    startEnvironment({
      ...settingsOf(options, only),
      signal,
      onEvent: (event) => {
        if (event.kind === 'swept') print(dim(event.reason));
        if (event.kind === 'ready') {
          const time = `${event.readyAfterMs.toFixed(0).padStart(5)} ms`;
          print(`${green('✓')} ${event.process.padEnd(18)} ready in ${time}  ${dim(event.detail)}`);
        }
      },
    }),
  );
  const { urls, anchor } = environment.descriptor;
  const seconds = ((performance.now() - started) / 1_000).toFixed(1);
  print(
    environment.alreadyUp
      ? `environment "${options.name}" is already up and healthy, with the same settings`
      : `environment "${options.name}" is up: ${only.length} processes in ${seconds} s, time scale ${anchor.timeScale}`,
  );
  if (only.includes('portal')) print(`  portal       ${urls.portal}`);
  if (only.includes('orchestrator')) print(`  API          ${urls.orchestrator}`);
  if (only.includes('temporal')) print(`  Temporal UI  ${urls.temporalUi}`);
}

function settingsOf(options: UpOptions, only: readonly ProcessName[]) {
  const { name, timeScale, coldStart, ports, provider, coverage } = options;
  return {
    name,
    timeScale,
    coldStart,
    ports,
    provider,
    only,
    ...(coverage === undefined ? {} : { coverage }),
  };
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
