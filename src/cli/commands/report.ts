import { join, resolve } from 'node:path';

import type { Command } from 'commander';

import { OptiInfraError, describeError } from '../../support/errors.ts';
import { choiceOption } from '../options.ts';
import type { ReportFormat } from '../reports/render.ts';
import type { Known } from '../runs/resolve-run.ts';

const FORMATS = ['html', 'junit', 'markdown', 'json'] as const satisfies readonly ReportFormat[];

interface ReportOptions {
  readonly format: ReportFormat;
  readonly output?: string;
  readonly open?: boolean;
}

export function registerReport(program: Command): void {
  program
    .command('report')
    .description('the report of a recorded run or suite: make its page anew, or print another format')
    .argument('[run]', 'id of the run or suite, the beginning of one, or `last`', 'last')
    .option(
      '--format <format>',
      'html (the page beside the record), junit, markdown or json',
      choiceOption('--format', FORMATS),
      'html',
    )
    .option('--output <file>', 'write to this file instead')
    .option('--open', 'open the page in the browser')
    .addHelpText(
      'after',
      '\nExamples:\n  e2e report --open\n  e2e report 20261128-225056 --format junit --output junit.xml\n  e2e report last --format markdown >> "$GITHUB_STEP_SUMMARY"\n\ndocs/schemas/ has the schemas of the JSON; every figure of a page is in it.',
    )
    .action(report);
}

async function report(typed: string, { format, output, open }: ReportOptions): Promise<void> {
  if (open === true && format !== 'html') {
    throw new OptiInfraError('USAGE', `--open shows a page, not ${format}`, { hint: 'Leave out --format.' });
  }
  const { PROJECT_ROOT } = await import('../../environment/index.ts');
  const { resolveRecorded } = await import('../runs/resolve-recorded.ts');
  const stateDirectory = join(PROJECT_ROOT, '.e2e');
  const meant = await resolveRecorded(typed, stateDirectory);
  if (format === 'html' && output === undefined) {
    await showPage(join(await publishAnew(meant, stateDirectory), 'report.html'), open);
    return;
  }
  const text = await rendered(meant, format, stateDirectory);
  if (output === undefined) {
    process.stdout.write(text);
    return;
  }
  const path = resolve(output);
  await writeOutput(path, text);
  await showPage(path, open);
}

async function publishAnew({ kind, id }: Known, stateDirectory: string): Promise<string> {
  if (kind === 'suite') {
    const { publishSuite } = await import('../../reporting/publish-suite.ts');
    const { readSuiteFiles } = await import('../../reporting/suite-files.ts');
    return publishSuite({ ...(await readSuiteFiles(join(stateDirectory, 'suites'), id)), stateDirectory });
  }
  const { publishRun } = await import('../../reporting/publish-run.ts');
  const { readRunFiles } = await import('../../reporting/run-files.ts');
  return publishRun({ ...(await readRunFiles(join(stateDirectory, 'runs'), id)), stateDirectory });
}

async function rendered({ kind, id }: Known, format: ReportFormat, stateDirectory: string): Promise<string> {
  const { renderRun, renderSuite } = await import('../reports/render.ts');
  if (kind === 'suite') {
    const { readSuiteFiles } = await import('../../reporting/suite-files.ts');
    return renderSuite(await readSuiteFiles(join(stateDirectory, 'suites'), id), format, stateDirectory);
  }
  const { readRunFiles } = await import('../../reporting/run-files.ts');
  return renderRun(await readRunFiles(join(stateDirectory, 'runs'), id), format, stateDirectory);
}

async function writeOutput(path: string, text: string): Promise<void> {
  const { writeFile } = await import('node:fs/promises');
  try {
    await writeFile(path, text);
  } catch (cause) {
    throw new OptiInfraError('USAGE', `--output: ${path} cannot be written: ${describeError(cause)}`, {
      hint: 'Name a file in a directory that is there and may be written.',
    });
  }
}

async function showPage(page: string, open: boolean | undefined): Promise<void> {
  process.stdout.write(`${page}\n`);
  if (open !== true) return;
  const { openInBrowser } = await import('../runs/open-in-browser.ts');
  await openInBrowser(page);
}
