import type { Command } from 'commander';

import { SCENARIOS } from '../../contracts/scenarios/index.ts';
import { colours } from '../colours.ts';

export function registerList(program: Command): void {
  program
    .command('list')
    .description('the scenarios, with their tags and phases')
    .option('--json', 'one JSON object a line')
    .action((options: { readonly json?: boolean }) => {
      const { bold, dim } = colours();
      for (const scenario of SCENARIOS) {
        if (options.json === true) {
          process.stdout.write(`${JSON.stringify(scenario)}\n`);
          continue;
        }
        process.stdout.write(
          `${bold(scenario.name)}  ${dim(scenario.tags.map((tag) => `#${tag}`).join(' '))}\n`,
        );
        process.stdout.write(`  ${scenario.description}\n`);
        for (const { number, title, budgetMs } of scenario.phases) {
          process.stdout.write(`  ${number}. ${title} ${dim(`≤ ${budgetMs / 1000} s`)}\n`);
        }
      }
    });
}
