import { EXIT_CODES, RUN_STATE_QUERY, workflowIdOf, type RunState } from '../../contracts/runs.ts';
import type { SuiteState } from '../../contracts/suites.ts';
import type { Clock } from '../../support/clock.ts';
import { followRun } from './follow-run.ts';
import { followSuite } from './follow-suite.ts';
import type { Known } from './resolve-run.ts';
import { progressWords } from './suite-board.ts';
import { createPlainSuiteReporter } from './suite-reporters.ts';
import type { TemporalConnection } from './temporal.ts';
import { queryState } from './workflow-state.ts';

export interface CancelOptions {
  readonly temporal: TemporalConnection;
  readonly target: Known & { readonly workflowId: string };
  readonly clock: Clock;
  readonly write: (text: string) => void;
}

/** Cancels a run or a suite and shows how it ends. Gives the exit code: 0 when it is over and clean, else 3. */
export async function cancelAndWait(options: CancelOptions): Promise<number> {
  const { temporal, target, write } = options;
  const handle = temporal.client.workflow.getHandle(target.workflowId);
  const what = `${target.kind} ${target.id}`;
  const { status } = await handle.describe();
  if (status.name !== 'RUNNING') {
    write(`${what} is over already (${status.name.toLowerCase().replaceAll('_', ' ')}); nothing to cancel\n`);
    return EXIT_CODES.passed;
  }
  await handle.cancel();
  write(`${what} is told to stop; it cleans up\n`);
  const leave = new AbortController();
  const onSignal = (): void => leave.abort();
  process.once('SIGINT', onSignal);
  try {
    return target.kind === 'run'
      ? await endOfRun(options, leave.signal)
      : await endOfSuite(options, leave.signal);
  } finally {
    process.off('SIGINT', onSignal);
  }
}

async function endOfRun(
  { temporal, target, clock, write }: CancelOptions,
  signal: AbortSignal,
): Promise<number> {
  let said = '';
  const tick = (run: RunState): void => {
    const text = run.cleanup === 'pending' ? standing(run) : `clean-up ${run.cleanup}`;
    if (text !== said) write(`  ${text}\n`);
    said = text;
  };
  const run = await followRun({
    temporal,
    runId: target.id,
    reporters: [{ report: () => undefined, tick }],
    clock,
    signal,
  });
  if (run === null) return left(write);
  write(`run ${target.id} ${run.verdict ?? 'ended'}, clean-up ${run.cleanup}\n`);
  return run.cleanup === 'done' ? EXIT_CODES.passed : EXIT_CODES['infra-error'];
}

function standing({ phases }: RunState): string {
  const running = phases.find(({ status }) => status === 'running');
  return running === undefined ? 'cleaning up' : `leaving phase ${String(running.number)} ${running.name}`;
}

async function endOfSuite(
  { temporal, target, clock, write }: CancelOptions,
  signal: AbortSignal,
): Promise<number> {
  const plain = createPlainSuiteReporter((text) => write(`  ${text}`));
  const report: typeof plain.report = (event) => {
    if (event.type === 'item-finished' && event.item.outcome !== 'passed') plain.report(event);
  };
  const suite = await followSuite({
    temporal,
    suiteId: target.id,
    workflowId: target.workflowId,
    reporter: { report, warn: (text) => plain.warn(text) },
    clock,
    signal,
  });
  if (suite === null) return left(write);
  write(`suite ${target.id} ${suite.verdict ?? 'ended'}, ${progressWords(suite)}\n`);
  return (await unclean(temporal, suite, clock, write)) ? EXIT_CODES['infra-error'] : EXIT_CODES.passed;
}

/** Runs that were stopped and could not clean up: said, for the sweeper has to. */
async function unclean(
  temporal: TemporalConnection,
  suite: SuiteState,
  clock: Clock,
  write: (text: string) => void,
): Promise<boolean> {
  const stopped = suite.items
    .filter(({ outcome }) => outcome === 'cancelled')
    .flatMap(({ runIds }) => runIds.at(-1) ?? []);
  const states = await Promise.all(
    stopped.map((runId) => {
      const handle = temporal.client.workflow.getHandle(workflowIdOf(runId));
      return queryState<RunState>(temporal, { handle, what: `run ${runId}` }, RUN_STATE_QUERY, clock);
    }),
  );
  const bad = stopped.filter((_, index) => states[index]?.cleanup !== 'done');
  for (const runId of bad) write(`  the clean-up of ${runId} is not done; the sweeper tries again\n`);
  return bad.length > 0;
}

function left(write: (text: string) => void): number {
  write('left; it goes on cleaning up by itself\n');
  return EXIT_CODES.passed;
}
