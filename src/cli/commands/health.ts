import type { Command } from 'commander';

import type { HealthRow } from '../../contracts/environment.ts';
import { EXIT_CODES } from '../../contracts/runs.ts';
import { colours } from '../colours.ts';

interface HealthOptions {
  readonly name: string;
  readonly json?: boolean;
}

export function registerHealth(program: Command): void {
  program
    .command('health')
    .description('use every process of an environment and show how fast it answered')
    .option('--name <name>', 'name of the environment', 'default')
    .option('--json', 'one JSON object instead of a table')
    .action(health);
}

async function health(options: HealthOptions): Promise<void> {
  const { checkHealth, connectEnvironment } = await import('../../environment/index.ts');
  const environment = connectEnvironment(options.name);
  const rows = await checkHealth(environment);
  const healthy = rows.length > 0 && rows.every((row) => row.healthy);
  const text =
    options.json === true
      ? JSON.stringify({ environment: options.name, healthy, processes: rows })
      : healthTable(rows);
  process.stdout.write(`${text}\n`);
  process.exitCode = healthy ? EXIT_CODES.passed : EXIT_CODES['infra-error'];
}

/** One line a process; the last line counts. */
function healthTable(rows: readonly HealthRow[]): string {
  const { green, red, dim, bold } = colours();
  const width = Math.max(7, ...rows.map(({ name }) => name.length));
  const lines = rows.map((row) => {
    const state = row.healthy ? green('healthy  ') : red('unhealthy');
    return `${row.name.padEnd(width)}  ${state}  ${row.latencyMs.toFixed(1).padStart(8)} ms  ${dim(row.detail)}`;
  });
  const good = rows.filter(({ healthy }) => healthy).length;
  return [
    bold(`${'process'.padEnd(width)}  state      ${'answered in'.padStart(11)}  what was seen`),
    ...lines,
    `${good} of ${rows.length} healthy`,
  ].join('\n');
}
