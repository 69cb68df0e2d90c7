import type { EnvironmentDescriptor, EnvironmentSecrets } from '../../contracts/environment.ts';
import { EXIT_CODES } from '../../contracts/runs.ts';
import type { SuiteInput } from '../../contracts/suites.ts';
import type { Clock } from '../../support/clock.ts';
import { describeError } from '../../support/errors.ts';
import { attachSuite } from './attach-suite.ts';
import { createLeakCheck, leftBehind, type LeakCheck, type Standing } from './leaks.ts';
import { newRunId } from './run-id.ts';
import { startSuite } from './start-suite.ts';
import type { TemporalConnection } from './temporal.ts';

export interface RunSuiteOptions {
  readonly temporal: TemporalConnection;
  readonly clock: Clock;
  readonly input: SuiteInput;
  readonly environment: { readonly descriptor: EnvironmentDescriptor; readonly secrets: EnvironmentSecrets };
  readonly json: boolean;
  readonly detach: boolean;
  readonly allowFlaky: boolean;
  /** `.e2e` */
  readonly stateDirectory: string;
}

/** Starts a suite, follows it to its verdict and looks whether it left anything behind. Gives the exit code. */
export async function runSuite(options: RunSuiteOptions): Promise<number> {
  const { temporal, clock, input, environment } = options;
  const suiteId = newRunId(clock);
  if (options.detach) {
    await startSuite(temporal, suiteId, input);
    process.stdout.write(`${suiteId}\n`);
    return EXIT_CODES.passed;
  }
  await using check = createLeakCheck(environment, temporal);
  const before = await check.standing();
  const workflowId = await startSuite(temporal, suiteId, input);
  const { exitCode, suite } = await whileLearning(check, clock, () =>
    attachSuite({ ...options, descriptor: environment.descriptor, suiteId, workflowId }),
  );
  if (suite === null) return exitCode;
  const left = await settledLeaks(check, before, clock);
  for (const each of left) process.stderr.write(`left behind  ${each}\n`);
  return withLeaks(exitCode, left);
}

/** Red runs first; a leak makes a green suite infrastructure's affair. */
export function withLeaks(exitCode: number, left: readonly string[]): number {
  return exitCode === EXIT_CODES.passed && left.length > 0 ? EXIT_CODES['infra-error'] : exitCode;
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
