import type { Command } from 'commander';

export function registerUi(program: Command): void {
  program
    .command('ui')
    .description("open Temporal's page of a run or suite, or the customer's portal, in the browser")
    .argument('[target]', 'id of a run or suite, portal, or temporal (default)', 'temporal')
    .option('--name <name>', 'environment it is in', 'default')
    .option('--print', 'print the address only')
    .addHelpText('after', '\nExamples:\n  e2e ui\n  e2e ui portal\n  e2e ui 20261128-225056-16j7 --print')
    .action(ui);
}

async function ui(
  target: string,
  options: { readonly name: string; readonly print?: boolean },
): Promise<void> {
  const { connectEnvironment } = await import('../../environment/index.ts');
  const { addressOf } = await import('../runs/ui-address.ts');
  const { descriptor } = connectEnvironment(options.name);
  const address = await addressOf(descriptor, target);
  process.stdout.write(`${address}\n`);
  if (options.print === true) return;
  const { hasDesktop, openInBrowser } = await import('../runs/open-in-browser.ts');
  if (hasDesktop()) await openInBrowser(address);
  else process.stderr.write('there is no desktop here: open the address in a browser of yours\n');
}
