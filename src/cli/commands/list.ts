import type { Command } from 'commander';

import type { ScenarioDefinition } from '../../contracts/scenarios/index.ts';
import { colours } from '../colours.ts';
import {
  addSelectionOptions,
  scenariosOf,
  selectionOf,
  type SelectionOptions,
} from '../selection-options.ts';

export function registerList(program: Command): void {
  const command = program
    .command('list')
    .description('the scenarios, with their tags and phases; with the selection of `e2e run`, those it means')
    .argument('[pattern...]', 'names of scenarios, or globs like spot-*');
  addSelectionOptions(command)
    .option('--json', 'one JSON object a line')
    .option('--project <directory>', 'those of a project elsewhere: a directory with an e2e.config.ts')
    .addHelpText(
      'after',
      `\nExamples:\n  e2e list --tag 'cost and not rollback'\n  e2e list -k 'spot or onboarding' --json`,
    )
    .action(list);
}

interface ListOptions extends SelectionOptions {
  readonly json?: boolean;
  readonly project?: string;
}

async function list(patterns: readonly string[], options: ListOptions): Promise<void> {
  for (const scenario of scenariosOf(selectionOf(patterns, options), await catalogueOf(options))) {
    const text = options.json === true ? JSON.stringify(scenario) : described(scenario);
    process.stdout.write(`${text}\n`);
  }
}

/** Ours, unless a project is named. */
async function catalogueOf({ project }: ListOptions): Promise<readonly ScenarioDefinition[] | undefined> {
  if (project === undefined) return undefined;
  const { loadProject } = await import('../projects/load-project.ts');
  return (await loadProject(project)).scenarios;
}

function described({ name, tags, description, phases }: ScenarioDefinition): string {
  const { bold, dim } = colours();
  return [
    `${bold(name)}  ${dim(tags.map((tag) => `#${tag}`).join(' '))}`,
    `  ${description}`,
    ...phases.map(({ number, title, budgetMs }) => `  ${number}. ${title} ${dim(`≤ ${budgetMs / 1000} s`)}`),
  ].join('\n');
}
