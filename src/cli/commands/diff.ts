import { join } from 'node:path';

import type { Command } from 'commander';

import { EXIT_CODES } from '../../contracts/runs.ts';
import { colours } from '../colours.ts';

export function registerDiff(program: Command): void {
  program
    .command('diff')
    .description(
      'two recorded runs beside each other: where their verdicts part, and what was observed otherwise',
    )
    .argument('<a>', 'id of a run, its beginning, or `last`')
    .argument('<b>', 'id of a run, its beginning, or `last`')
    .option('--json', 'everything, as one JSON object')
    .addHelpText(
      'after',
      `
Exit code 0 when run, phases and gates were judged alike, 1 when not.

  e2e diff 20261128-2251 last
  e2e diff 20261128-2251 last --json | jq .firstDivergence`,
    )
    .action(diff);
}

async function diff(a: string, b: string, options: { readonly json?: boolean }): Promise<void> {
  const { PROJECT_ROOT } = await import('../../environment/index.ts');
  const { diffRuns } = await import('../../reporting/diff/diff-runs.ts');
  const { diffLines } = await import('../../reporting/diff/lines.ts');
  const { readRecordedRun } = await import('../runs/recorded-runs.ts');
  const { resolveRecorded } = await import('../runs/resolve-recorded.ts');
  const stateDirectory = join(PROJECT_ROOT, '.e2e');
  const read = async (typed: string) => {
    const { id } = await resolveRecorded(typed, stateDirectory, 'run');
    return readRecordedRun(join(stateDirectory, 'runs'), id);
  };
  const found = diffRuns(await read(a), await read(b));
  const lines = options.json === true ? [JSON.stringify(found)] : diffLines(found, colours());
  process.stdout.write(`${lines.join('\n')}\n`);
  process.exitCode = found.sameVerdicts ? EXIT_CODES.passed : EXIT_CODES.failed;
}
