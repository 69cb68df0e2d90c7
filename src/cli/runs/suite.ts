import { EXIT_CODES, type RunState, type ScenarioInput } from '../../contracts/runs.ts';
import type { ScenarioDefinition } from '../../contracts/scenarios/index.ts';
import type { EnvironmentDescriptor, EnvironmentSecrets } from '../../contracts/environment.ts';
import type { Clock } from '../../support/clock.ts';
import { describeError } from '../../support/errors.ts';
import { colours } from '../colours.ts';
import { createLeakCheck, leftBehind, type LeakCheck, type Standing } from './leaks.ts';
import { runMany, worstExitCode, type Ended } from './run-many.ts';
import { runTable } from './run-table.ts';
import type { TemporalConnection } from './temporal.ts';

export interface Environment {
  readonly descriptor: EnvironmentDescriptor;
  readonly secrets: EnvironmentSecrets;
}
export interface Suite {
  readonly scenarios: readonly ScenarioDefinition[];
  readonly parallel: number;
  readonly temporal: TemporalConnection;
  readonly clock: Clock;
  readonly input: ScenarioInput;
  readonly environment: Environment;
}

/** Several scenarios from one command: live lines, a table at the end, and nothing left behind. Gives the exit code. */
export async function runSuiteOf(suite: Suite): Promise<number> {
  const write = (text: string): void => void process.stdout.write(text);
  await using check = createLeakCheck(suite.environment, suite.temporal);
  const before = await check.standing();
  const detach = new AbortController();
  const onSignal = (): void => detach.abort();
  process.once('SIGINT', onSignal);
  const ended = await whileLearning(check, suite.clock, () =>
    runMany({
      ...suite,
      inputOf: () => suite.input,
      write,
      terminal: process.stdout.isTTY,
      signal: detach.signal,
    }),
  ).finally(() => process.off('SIGINT', onSignal));
  write(`\n${summary(ended).join('\n')}\n`);
  if (detach.signal.aborted) {
    process.stderr.write(
      '\ndetached; what runs goes on, nothing more is started. `e2e show` lists the runs.\n',
    );
    return EXIT_CODES.cancelled;
  }
  const left = await settledLeaks(check, before, suite.clock);
  for (const each of left) process.stderr.write(`left behind  ${each}\n`);
  return exitCodeOf(ended, left);
}

/** Red runs first; a leak makes a green suite infrastructure's affair. */
export function exitCodeOf(ended: readonly Ended[], left: readonly string[]): number {
  const worst = worstExitCode(ended.map(({ verdict }) => verdict));
  return worst === EXIT_CODES.passed && left.length > 0 ? EXIT_CODES['infra-error'] : worst;
}

const LEARN_EVERY_MS = 2_000;

async function whileLearning<T>(check: LeakCheck, clock: Clock, work: () => Promise<T>): Promise<T> {
  const over = new AbortController();
  const learning = (async () => {
    while (!over.signal.aborted) {
      await check.learnAccounts();
      await clock.sleepWall(LEARN_EVERY_MS, over.signal).catch(() => undefined);
    }
  })();
  // Its failure is raised below, not as an unhandled rejection in between.
  const failure = learning.then(
    () => null,
    (error: unknown) => error,
  );
  try {
    return await work();
  } finally {
    over.abort();
    const error = await failure;
    if (error !== null) process.stderr.write(`the leak check could not look: ${describeError(error)}\n`);
  }
}

const SETTLE_LOOKS = 10;
const SETTLE_MS = 500;

/** A machine that shuts down and a workflow that returns get a moment. */
async function settledLeaks(check: LeakCheck, before: Standing, clock: Clock): Promise<readonly string[]> {
  for (let look = 1; ; look += 1) {
    const left = leftBehind(before, await check.standing());
    if (left.length === 0 || look === SETTLE_LOOKS) return left;
    await clock.sleepWall(SETTLE_MS);
  }
}

function summary(ended: readonly Ended[]): string[] {
  const runs = ended.map(({ run }) => run).filter((run): run is RunState => run !== null);
  const broken = ended.filter(({ run, problem }) => run === null && problem !== null);
  return [
    ...runTable(runs, colours()),
    ...broken.map(({ scenario, runId, problem }) => `${runId}  ${scenario}  ${String(problem)}`),
  ];
}
