import type { Command } from 'commander';

import { actingUser } from '../acting-user.ts';
import { choiceOption, durationOption } from '../options.ts';
import type * as Actions from '../schedules/commands.ts';
import type { BackfillOptions, CreateOptions, NamedOptions, ReasonOptions } from '../schedules/commands.ts';
import { timeOption } from '../schedules/time-text.ts';
import { NIGHTLY, OVERLAP_NAMES } from '../schedules/words.ts';
import { addSuiteOptions } from '../schedules/suite-options.ts';

const YEAR_MS = 365 * 86_400_000;

/** `e2e schedule`: suites by the clock. */
export function registerSchedule(program: Command): void {
  const schedule = program
    .command('schedule')
    .description('run suites by the clock: nightly at two, every hour, …')
    .addHelpText(
      'after',
      `\nExamples:\n  e2e schedule create nightly --tag e2e --parallel 4 --pause-on-failure\n  e2e schedule create hourly 'spot-*' --every 1h --overlap buffer-one\n  e2e schedule show nightly\n  e2e schedule backfill nightly --from 2026-11-27 --to 2026-11-28`,
    );
  registerCreate(schedule);
  registerLooks(schedule);
  registerStates(schedule);
  registerStarts(schedule);
}

function registerCreate(schedule: Command): void {
  const create = schedule
    .command('create')
    .description('make a schedule that starts a suite')
    .argument('<new-name>', 'name of the schedule')
    .argument('[pattern...]', 'scenarios of the suite as in `e2e run`');
  addSuiteOptions(create)
    .option('--cron <line>', `minute hour day month weekday (default: "${NIGHTLY}")`)
    .option('--every <duration>', 'instead of --cron', durationOption('--every', 1_000, YEAR_MS))
    .option('--time-zone <zone>', 'of --cron, as Europe/Berlin (default: UTC)')
    .option(
      '--overlap <policy>',
      `when a suite of it still runs: ${OVERLAP_NAMES.join(', ')}`,
      choiceOption('--overlap', OVERLAP_NAMES),
      'skip' as const,
    )
    .option('--pause-on-failure', 'pause when a suite is not green')
    .option(
      '--catchup-window <duration>',
      'start what was due in this time while Temporal was down (default: 1h)',
      durationOption('--catchup-window', 10_000, YEAR_MS),
      3_600_000,
    )
    .option(
      '--jitter <duration>',
      'start up to this much later',
      durationOption('--jitter', 0, 86_400_000),
      0,
    )
    .option('--paused', 'make it paused; `e2e schedule resume` lets it begin')
    .option('--note <text>', 'shown with it', '')
    .action((name: string, patterns: string[], options: CreateOptions) =>
      load().then(({ create: run }) => run(name, patterns, options)),
    );
}

function registerLooks(schedule: Command): void {
  environmentOption(schedule.command('list').description('the schedules there are'))
    .option('--json', 'one JSON object a line')
    .action((options: NamedOptions) => load().then(({ list }) => list(options)));
  environmentOption(
    schedule
      .command('show')
      .description(
        'next times, recent suites with their verdicts, and runs that were expected but are absent',
      )
      .argument('<schedule>', 'name of the schedule'),
  )
    .option('--json', 'one JSON object with all rows')
    .action((name: string, options: NamedOptions) => load().then(({ show }) => show(name, options)));
}

function registerStates(schedule: Command): void {
  for (const verb of ['pause', 'resume'] as const) {
    environmentOption(
      schedule
        .command(verb)
        .description(verb === 'pause' ? 'start nothing until it is resumed' : 'follow the plan again')
        .argument('<schedule>', 'name of the schedule'),
    )
      .option('--reason <text>', 'why, shown with it', '')
      .option('--by <name>', 'who does', actingUser())
      .action((name: string, options: ReasonOptions) =>
        load().then((actions) => actions[verb](name, options)),
      );
  }
  environmentOption(
    schedule
      .command('delete')
      .description('remove it; a suite that it has started goes on')
      .argument('<schedule>', 'name of the schedule'),
  ).action((name: string, options: NamedOptions) => load().then((actions) => actions.remove(name, options)));
}

function registerStarts(schedule: Command): void {
  environmentOption(
    schedule
      .command('trigger')
      .description('start its suite now')
      .argument('<schedule>', 'name of the schedule'),
  )
    .option(
      '--overlap <policy>',
      "for this start (default: the schedule's own)",
      choiceOption('--overlap', OVERLAP_NAMES),
    )
    .action((name: string, options: NamedOptions & Pick<BackfillOptions, 'overlap'>) =>
      load().then(({ trigger }) => trigger(name, options)),
    );
  environmentOption(
    schedule
      .command('backfill')
      .description('start the suites that were due in a time that has passed and are missing')
      .argument('<schedule>', 'name of the schedule'),
  )
    .requiredOption('--from <time>', 'as 2026-11-27, or 2026-11-27T02:00 (UTC)', timeOption('--from'))
    .requiredOption('--to <time>', 'not in the future', timeOption('--to'))
    .option(
      '--overlap <policy>',
      'buffer-all: one after the other (default); allow-all: all at once; …',
      choiceOption('--overlap', OVERLAP_NAMES),
    )
    .option('--all', 'also those that have run')
    .action((name: string, options: BackfillOptions) =>
      load().then(({ backfill }) => backfill(name, options)),
    );
}

function environmentOption(command: Command): Command {
  return command.option('--name <name>', 'environment it is in', 'default');
}

/** What talks to Temporal is loaded only when it is needed. */
async function load(): Promise<typeof Actions> {
  return import('../schedules/commands.ts');
}
