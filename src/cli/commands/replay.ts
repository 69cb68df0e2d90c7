import { isAbsolute, join, resolve } from 'node:path';

import type { Command } from 'commander';

import { OptiInfraError } from '../../support/errors.ts';
import type { HistoryReference, ReplayOutcome } from '../replay/outcome.ts';
import type { RunChoice } from '../replay/history-runs.ts';
import { colours } from '../colours.ts';

interface ReplayOptions {
  readonly name: string;
  readonly failed?: boolean;
  readonly all?: boolean;
  readonly save?: string;
  readonly against?: string;
  readonly json?: boolean;
}

export function registerReplay(program: Command): void {
  program
    .command('replay')
    .description('run recorded histories through today’s workflow code and name where one first differs')
    .argument('[what...]', 'ids of runs or their beginning; files or directories of histories')
    .option('--name <name>', 'environment that knows the runs', 'default')
    .option('--failed', 'every run of it that did not pass')
    .option('--all', 'every run and suite of it')
    .option('--save <directory>', 'write the histories there as files instead of replaying them')
    .option('--against <directory>', 'another checkout of this project instead of this one')
    .option('--json', 'one outcome an object, one object a line')
    .addHelpText(
      'after',
      `
Nothing is executed: no activity runs, no customer is touched. Files may be protobuf or JSON, gzipped or not, also
those of \`temporal workflow show --output json\` and of Temporal's pages.

Exit codes: 0 all fit, 1 one diverged or its code failed, 2 usage, 3 one could not be replayed.

Examples:
  e2e replay 20261128-225056-ixmh
  e2e replay tests/histories
  e2e replay --failed --name nightly
  e2e replay --save /tmp/histories 20261128-225056-ixmh
  e2e replay --all --against ../optiinfra-e2e-next`,
    )
    .action(replay);
}

async function replay(words: readonly string[], options: ReplayOptions): Promise<void> {
  const { isPath } = await import('../replay/history-files.ts');
  const { PROJECT_ROOT } = await import('../../environment/index.ts');
  const choice = choiceOf(
    words.filter((word) => !isPath(word)),
    options,
  );
  const paths = words.filter(isPath);
  if (choice === null && paths.length === 0) {
    throw new OptiInfraError('USAGE', 'no history is named', {
      hint: 'Name runs, files or a directory, or ask for --failed or --all; `e2e show` lists the runs.',
    });
  }
  const files = await referencesToFiles(paths);
  const found = choice === null ? null : await inTemporal(options.name, choice);
  const references = [...files, ...(found?.references ?? [])];
  if (options.save !== undefined) {
    await save(options.save, references, found?.address ?? null);
    return;
  }
  const codePath = await codeOf(options.against ?? PROJECT_ROOT);
  process.exitCode = await replayAll(references, { codePath, address: found?.address ?? null, options });
}

function choiceOf(words: readonly string[], { failed, all }: ReplayOptions): RunChoice | null {
  const asked = [words.length > 0, failed === true, all === true].filter(Boolean).length;
  if (asked > 1) {
    throw new OptiInfraError('USAGE', 'runs are named in more than one way', {
      hint: 'Name runs, or ask for --failed, or for --all.',
    });
  }
  if (all === true) return { kind: 'all' };
  if (failed === true) return { kind: 'failed' };
  return words.length === 0 ? null : { kind: 'named', words };
}

async function referencesToFiles(paths: readonly string[]): Promise<HistoryReference[]> {
  const { historyFiles } = await import('../replay/history-files.ts');
  const files = await Promise.all(paths.map(historyFiles));
  return files.flat().map((path) => ({ kind: 'file', path }));
}

interface InTemporal {
  readonly references: readonly HistoryReference[];
  readonly address: string;
}

async function inTemporal(name: string, choice: RunChoice): Promise<InTemporal> {
  const { connectEnvironment } = await import('../../environment/index.ts');
  const { connectTemporal } = await import('../runs/temporal.ts');
  const { historiesInTemporal } = await import('../replay/history-runs.ts');
  const { descriptor } = connectEnvironment(name);
  await using temporal = await connectTemporal(descriptor);
  const references = await historiesInTemporal(temporal.client, choice);
  if (references.length === 0) {
    const which = choice.kind === 'failed' ? 'run that did not pass' : 'run';
    throw new OptiInfraError('UNKNOWN_RUN', `the environment "${name}" knows no ${which}`, {
      hint: '`e2e run <scenario>` makes one; `e2e show` lists those that were recorded.',
    });
  }
  return { references, address: descriptor.urls.temporalAddress };
}

async function codeOf(checkout: string): Promise<string> {
  const { PROJECT_ROOT } = await import('../../environment/index.ts');
  const { loadWorkflowBundle } = await import('../../support/workflow-bundle.ts');
  const root = isAbsolute(checkout) ? checkout : resolve(checkout);
  const { codePath } = await loadWorkflowBundle({
    entry: join(root, 'workflows', 'index.ts'),
    cacheDir: join(PROJECT_ROOT, '.cache', 'bundles'),
  });
  return codePath;
}

interface Replaying {
  readonly codePath: string;
  readonly address: string | null;
  readonly options: ReplayOptions;
}

async function replayAll(
  references: readonly HistoryReference[],
  { codePath, address, options }: Replaying,
): Promise<number> {
  const { replayMany } = await import('../replay/replay-many.ts');
  const { exitCodeOfReplays, replayLines, summaryLine } = await import('../replay/tell-replays.ts');
  const { createProgress } = await import('../replay/progress.ts');
  const { createClock, anchorNow } = await import('../../support/clock.ts');
  const clock = createClock(anchorNow(1));
  const startedMs = clock.monotonicMs();
  const progress = createProgress(references.length, clock, process.stderr);
  const json = options.json === true;
  const onOutcome = (outcome: ReplayOutcome): void => {
    progress.step();
    if (json) print(JSON.stringify(outcome));
  };
  const { outcomes, cpuMs } = await replayMany({
    codePath,
    temporalAddress: address,
    references,
    onOutcome,
  }).finally(() => progress.end());
  if (!json) {
    replayLines(outcomes, colours()).forEach(print);
    print(summaryLine(outcomes, { wallMs: clock.monotonicMs() - startedMs, cpuMs }));
  }
  return exitCodeOfReplays(outcomes);
}

async function save(
  directory: string,
  references: readonly HistoryReference[],
  address: string | null,
): Promise<void> {
  const { saveHistories } = await import('../replay/save-histories.ts');
  for await (const path of saveHistories(directory, references, address)) print(path);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
