import type { Command, Option } from 'commander';

/** Where names come from that the program's own definition does not hold. Nothing here may print or throw. */
export interface NameSources {
  readonly scenarios: () => readonly string[];
  readonly tags: () => readonly string[];
  readonly phases: () => readonly string[];
  readonly environments: () => readonly string[];
  readonly runs: () => readonly string[];
  readonly schedules: (environment: string) => Promise<readonly string[]>;
}

/**
 * What may stand where the last word of a command line is being typed; the words are those after `e2e`, the last one
 * may be empty. Commands, options and choices are read from the program itself, so none is forgotten.
 */
export async function complete(
  program: Command,
  words: readonly string[],
  names: NameSources,
): Promise<readonly string[]> {
  const typed = words.at(-1) ?? '';
  const place = placeOf(program, words.slice(0, -1));
  const all = await candidatesAt(place, typed, { names, environment: environmentIn(words) });
  return [...new Set(all)].filter((each) => each.startsWith(typed)).sort();
}

interface Place {
  readonly command: Command;
  /** The option whose value comes next. */
  readonly awaited: Option | undefined;
  /** Arguments given so far. */
  readonly given: number;
  /** Only arguments after `--`. */
  readonly literal: boolean;
}

/** Where the words lead: the command, an option that waits for its value, the arguments so far. */
function placeOf(program: Command, words: readonly string[]): Place {
  let place: Place = { command: program, awaited: undefined, given: 0, literal: false };
  for (const word of words) place = after(place, word);
  return place;
}

function after(place: Place, word: string): Place {
  if (place.awaited !== undefined) return { ...place, awaited: undefined };
  if (word === '--') return { ...place, literal: true };
  if (word.startsWith('-') && !place.literal) {
    const option = place.command.options.find(({ long, short }) => word === long || word === short);
    return { ...place, awaited: option?.required === true ? option : undefined };
  }
  const child = place.given === 0 ? childOf(place.command, word) : undefined;
  return child === undefined
    ? { ...place, given: place.given + 1 }
    : { command: child, awaited: undefined, given: 0, literal: false };
}

function childOf(command: Command, word: string): Command | undefined {
  return command.commands.find((child) => child.name() === word || child.aliases().includes(word));
}

interface Context {
  readonly names: NameSources;
  readonly environment: string;
}

async function candidatesAt(place: Place, typed: string, context: Context): Promise<readonly string[]> {
  const { command, awaited, literal } = place;
  if (awaited !== undefined) return valuesOf(awaited, typed, context);
  if (typed.startsWith('-') && !literal) return optionsOf(command);
  const children = place.given === 0 ? childrenOf(command) : [];
  return [...children, ...(await argumentsAt(place, context))];
}

function childrenOf(command: Command): string[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .map((child) => child.name());
}

function optionsOf(command: Command): string[] {
  const shown = command.options.filter(({ hidden }) => !hidden);
  return [...shown.map(({ long, short }) => long ?? short ?? ''), '--help'];
}

async function argumentsAt({ command, given }: Place, context: Context): Promise<readonly string[]> {
  const { registeredArguments } = command;
  const last = registeredArguments.at(-1);
  const argument = registeredArguments[given] ?? (last?.variadic === true ? last : undefined);
  if (argument === undefined) return [];
  return [...(choicesOf(argument) ?? []), ...(await namesOf(argument.name(), context))];
}

/** Names by what the help calls them. */
async function namesOf(word: string, { names, environment }: Context): Promise<readonly string[]> {
  switch (word) {
    case 'pattern':
    case 'scenario':
      return names.scenarios();
    case 'run':
      return names.runs();
    case 'target':
      return ['portal', 'temporal', ...names.runs()];
    case 'schedule':
      return names.schedules(environment);
    case 'tag':
      return names.tags();
    case 'phase':
      return names.phases();
    default:
      return [];
  }
}

async function valuesOf(option: Option, typed: string, context: Context): Promise<readonly string[]> {
  const choices = choicesOf(option);
  if (choices !== undefined) {
    // A list continues after its last comma.
    const before = typed.slice(0, typed.lastIndexOf(',') + 1);
    return choices.map((choice) => `${before}${choice}`);
  }
  if (option.long === '--name') return context.names.environments();
  if (option.long === '--fault') return context.names.phases().map((phase) => `${phase}:`);
  const placeholder = /<([a-z-]+)>/.exec(option.flags)?.[1];
  return placeholder === undefined ? [] : namesOf(placeholder, context);
}

/** `choiceOption` and `listOption` carry their words. */
function choicesOf({
  argChoices,
  parseArg,
}: Pick<Option, 'argChoices' | 'parseArg'>): readonly string[] | undefined {
  return argChoices ?? (parseArg as { choices?: readonly string[] } | undefined)?.choices;
}

function environmentIn(words: readonly string[]): string {
  const index = words.indexOf('--name');
  return index === -1 ? 'default' : (words[index + 1] ?? 'default');
}
