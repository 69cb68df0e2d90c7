import { Command, CommanderError } from 'commander';

import { EXIT_CODES } from '../contracts/runs.ts';
import { OptiInfraError } from '../support/errors.ts';
import { COMMANDS } from './commands.ts';
import { exitCodeOf, formatError } from './errors.ts';
import { nearestName } from './nearest-name.ts';

const DESCRIPTION =
  'Starts OptiInfra with its engines and a simulated world, and proves it end to end: every scenario is a Temporal workflow.';

export function createProgram(): Command {
  const program = new Command('e2e')
    .description(DESCRIPTION)
    .helpCommand('help [command]', 'show the help of a command')
    .showSuggestionAfterError(false)
    .exitOverride()
    // Refusals are printed once, by runCommandLine, with the nearest name.
    .configureOutput({ outputError: () => undefined })
    .addHelpText(
      'after',
      '\nExit codes: 0 passed, 1 failed, 2 usage, 3 infrastructure, 4 inconclusive, 130 cancelled.',
    );
  for (const register of COMMANDS) register(program);
  for (const command of program.commands) inheritSettings(command);
  return program;
}

function inheritSettings(command: Command): void {
  command
    .exitOverride()
    .showSuggestionAfterError(false)
    .configureOutput({ outputError: () => undefined });
  for (const child of command.commands) inheritSettings(child);
}

/**
 * Runs one command line and gives its exit code. An action reports another code than 0 by setting `process.exitCode`
 * or by throwing; every error is printed once, on standard error, with its mend.
 */
export async function runCommandLine(words: readonly string[]): Promise<number> {
  const program = createProgram();
  if (words.length === 0) {
    process.stdout.write(program.helpInformation());
    return EXIT_CODES.passed;
  }
  try {
    await program.parseAsync([...words], { from: 'user' });
    return typeof process.exitCode === 'number' ? process.exitCode : EXIT_CODES.passed;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT_CODES.passed;
    const shown = error instanceof CommanderError ? usageError(error, program, words) : error;
    process.stderr.write(`${formatError(shown)}\n`);
    return exitCodeOf(shown);
  }
}

/** Commander's refusal in our form: what is wrong, the nearest name, where the help is. */
function usageError(error: CommanderError, program: Command, words: readonly string[]): OptiInfraError {
  const message = error.message.replace(/^error: /, '').split('\n')[0] ?? error.message;
  const command = commandOf(program, words);
  const help = `\`${['e2e', ...pathOf(command)].join(' ')} --help\` shows what there is.`;
  if (error.code === 'commander.help') {
    return new OptiInfraError('USAGE', `${pathOf(command).join(' ')} needs a sub-command`, { hint: help });
  }
  const unknown = /^unknown (command|option) '(.+)'/.exec(message);
  const near =
    unknown === null
      ? undefined
      : nearestName(
          unknown[2] ?? '',
          unknown[1] === 'option' ? optionNames(command) : command.commands.map((child) => child.name()),
        );
  return new OptiInfraError('USAGE', message, {
    hint: near === undefined ? help : `Did you mean \`${near}\`? ${help}`,
  });
}

function optionNames(command: Command): string[] {
  return [...command.options.map((option) => option.long ?? option.flags), '--help'];
}

/** The deepest command that the words name, so that suggestions come from where the user is. */
function commandOf(program: Command, words: readonly string[]): Command {
  let current = program;
  for (const word of words) {
    const child = current.commands.find((candidate) => candidate.name() === word);
    if (child === undefined) break;
    current = child;
  }
  return current;
}

function pathOf(command: Command): string[] {
  return command.parent === null ? [] : [...pathOf(command.parent), command.name()];
}
