import { Argument, type Command } from 'commander';

import { COMPLETION_SCRIPTS, SHELLS, type Shell } from '../completion/scripts.ts';
import { choiceOption } from '../options.ts';

export function registerCompletion(program: Command): void {
  program
    .command('completion')
    .description('print what makes a shell complete `e2e` commands, options and names')
    .addArgument(new Argument('<shell>', SHELLS.join(', ')).argParser(choiceOption('completion', SHELLS)))
    .addHelpText(
      'after',
      '\nExamples:\n  source <(e2e completion bash)   # in ~/.bashrc\n  source <(e2e completion zsh)    # in ~/.zshrc\n  e2e completion fish > ~/.config/fish/completions/e2e.fish',
    )
    .action((shell: Shell) => void process.stdout.write(COMPLETION_SCRIPTS[shell]));
  program
    .command('complete', { hidden: true })
    .description('what may stand where the last word is typed; called by the shell')
    .argument('[word...]')
    .action(async (words: string[]) => {
      const { complete } = await import('../completion/complete.ts');
      const { nameSources } = await import('../completion/name-sources.ts');
      const { PROJECT_ROOT } = await import('../../environment/state/paths.ts');
      const found = await complete(program, words, nameSources(PROJECT_ROOT));
      process.stdout.write(found.map((each) => `${each}\n`).join(''));
    });
}
