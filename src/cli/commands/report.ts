import { join } from 'node:path';

import type { Command } from 'commander';

export function registerReport(program: Command): void {
  program
    .command('report')
    .description('make the page of a recorded run anew and print where it is')
    .argument('[run]', 'id of the run (default: the last one)')
    .option('--open', 'open it in the browser')
    .action(report);
}

async function report(runId: string | undefined, options: { readonly open?: boolean }): Promise<void> {
  const { PROJECT_ROOT } = await import('../../environment/index.ts');
  const { publishRun } = await import('../../reporting/publish-run.ts');
  const { readRecordedRun } = await import('../runs/recorded-runs.ts');
  const stateDirectory = join(PROJECT_ROOT, '.e2e');
  const recorded = await readRecordedRun(join(stateDirectory, 'runs'), runId);
  const page = join(await publishRun({ ...recorded, stateDirectory }), 'report.html');
  process.stdout.write(`${page}\n`);
  if (options.open === true) {
    const { openInBrowser } = await import('../runs/open-in-browser.ts');
    await openInBrowser(page);
  }
}
