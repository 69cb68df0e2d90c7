import { join } from 'node:path';

import type { Command } from 'commander';

import type { HistorySpan, HistorySummary } from '../../contracts/history.ts';
import { SCENARIOS } from '../../contracts/scenarios/index.ts';
import type { RunHistory } from '../../reporting/history/run-history.ts';
import { OptiInfraError } from '../../support/errors.ts';
import { colours } from '../colours.ts';
import { nearestName } from '../nearest-name.ts';
import { integerOption } from '../options.ts';

interface HistoryOptions {
  readonly name: string;
  readonly last?: number;
  readonly since?: string;
  readonly json?: boolean;
}

export function registerHistory(program: Command): void {
  program
    .command('history')
    .description('trends over recorded runs: passed, durations, flake scores, slowest phases, forecasts')
    .argument('[scenario...]', 'these only')
    .option(
      '--last <count>',
      'the newest so many runs of each scenario',
      integerOption('--last', 1, 1_000_000),
    )
    .option('--since <when>', 'runs started since: `12h`, `7d`, `2w`, or a date')
    .option('--name <name>', 'environment whose ClickHouse keeps the history', 'default')
    .option('--json', 'one scenario, phase, gate or forecast an object, one object a line')
    .addHelpText(
      'after',
      `
Flake: how often the verdict changed between neighbouring runs of one revision and settings, 0 to 1;
a dash where there are no two such runs. Runs with uncommitted changes are comparable to none.

  e2e history
  e2e history spot-migration --last 20
  e2e history --since 7d --json | jq 'select(.kind == "gate")'`,
    )
    .action(history);
}

async function history(scenarios: readonly string[], options: HistoryOptions): Promise<void> {
  const { connectEnvironment, PROJECT_ROOT } = await import('../../environment/index.ts');
  const { connectRunHistory } = await import('../../reporting/history/run-history.ts');
  const { createClock } = await import('../../support/clock.ts');
  const { sinceOption } = await import('../since.ts');
  const { descriptor } = connectEnvironment(options.name);
  const since = sinceOption('--since', options.since, createClock(descriptor.anchor).wallMs());
  await using kept = connectRunHistory(descriptor.urls.clickhouse);
  await catchUp(kept, join(PROJECT_ROOT, '.e2e', 'runs'));
  await refuseUnknown(kept, scenarios);
  const span: HistorySpan = {
    scenarios,
    ...(since === null ? {} : { since }),
    ...(options.last === undefined ? {} : { last: options.last }),
  };
  await tell(await kept.summary(span), options.json === true);
}

/** A new environment's history is filled here too, if its worker is not there to do it. */
async function catchUp(kept: RunHistory, runsDirectory: string): Promise<void> {
  const { unreadable } = await kept.synchronise(runsDirectory);
  for (const { runId, reason } of unreadable) {
    process.stderr.write(`run ${runId} is left out, its record cannot be read: ${reason}\n`);
  }
}

/** A scenario that was renamed, or is of another package, has a history all the same. */
async function refuseUnknown(kept: RunHistory, scenarios: readonly string[]): Promise<void> {
  const known = SCENARIOS.map(({ name }): string => name);
  const [strange] = scenarios.filter((name) => !known.includes(name));
  if (strange === undefined) return;
  const past = new Set((await kept.runs()).map(({ scenario }) => scenario));
  const unknown = scenarios.find((name) => !known.includes(name) && !past.has(name));
  if (unknown === undefined) return;
  const near = nearestName(unknown, [...known, ...past]);
  throw new OptiInfraError('USAGE', `no scenario ${unknown}, and no run of one`, {
    hint: `${near === undefined ? '' : `Did you mean \`${near}\`? `}\`e2e list\` shows the scenarios.`,
  });
}

async function tell(summary: HistorySummary, json: boolean): Promise<void> {
  if (json) {
    for (const row of jsonRows(summary)) process.stdout.write(`${JSON.stringify(row)}\n`);
    return;
  }
  const { historyLines } = await import('../../reporting/history/lines.ts');
  process.stdout.write(`${historyLines(summary, colours()).join('\n')}\n`);
}

function jsonRows({ scenarios, slowestPhases, flakyGates, forecasts, drills = 0 }: HistorySummary) {
  return [
    ...scenarios.map((trend) => ({ kind: 'scenario', ...trend })),
    ...slowestPhases.map((trend) => ({ kind: 'phase', ...trend })),
    ...flakyGates.map((trend) => ({ kind: 'gate', ...trend })),
    ...forecasts.map((trend) => ({ kind: 'forecast', ...trend })),
    { kind: 'left-out', drills },
  ];
}
