import type { Command } from 'commander';

import { EXIT_CODES } from '../../contracts/runs.ts';
import { colours } from '../colours.ts';

export function registerDoctor(program: Command): void {
  program
    .command('doctor')
    .description('check what an environment needs: programs, ports, memory, disk')
    .option('--json', 'one JSON object instead of a table')
    .action(doctor);
}

async function doctor(options: { readonly json?: boolean }): Promise<void> {
  const { checkPrerequisites } = await import('../../environment/prerequisites.ts');
  const { PROJECT_ROOT } = await import('../../environment/index.ts');
  const { green, red, yellow, dim } = colours();
  const rows = await checkPrerequisites(PROJECT_ROOT);
  const failed = rows.filter(({ state }) => state === 'missing');
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify({ ready: failed.length === 0, checks: rows })}\n`);
  } else {
    const marks = { ok: green('✓'), warning: yellow('!'), missing: red('✗') };
    for (const row of rows) {
      process.stdout.write(`${marks[row.state]} ${row.name.padEnd(12)} ${row.detail}\n`);
      if (row.mend !== undefined) process.stdout.write(`  ${dim(`mend: ${row.mend}`)}\n`);
    }
  }
  process.exitCode = failed.length === 0 ? EXIT_CODES.passed : EXIT_CODES['infra-error'];
}
