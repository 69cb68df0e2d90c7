import { join } from 'node:path';

import { NAMESPACES, type EnvironmentDescriptor } from '../../contracts/environment.ts';
import { EXIT_CODES } from '../../contracts/runs.ts';
import { suiteExitCode } from '../../contracts/suite-verdict.ts';
import type { SuiteState } from '../../contracts/suites.ts';
import { estimateFrom } from '../../reporting/estimate.ts';
import type { Clock } from '../../support/clock.ts';
import { colours } from '../colours.ts';
import { newsOfSuite } from '../github/news.ts';
import { tellGitHub } from '../github/tell-github.ts';
import { followSuite, type SuiteReporter } from './follow-suite.ts';
import { readRecordedRuns } from './recorded-runs.ts';
import type { BoardKnowledge } from './suite-board.ts';
import {
  createJsonSuiteReporter,
  createPlainSuiteReporter,
  createTerminalSuiteReporter,
} from './suite-reporters.ts';
import { suiteTable } from './suite-table.ts';
import type { TemporalConnection } from './temporal.ts';
import { usualDurations } from './usual-durations.ts';

export interface AttachSuiteOptions {
  readonly temporal: TemporalConnection;
  readonly descriptor: EnvironmentDescriptor;
  readonly suiteId: string;
  readonly workflowId: string;
  readonly clock: Clock;
  readonly json: boolean;
  readonly allowFlaky: boolean;
  /** `.e2e` */
  readonly stateDirectory: string;
}

/**
 * Shows a suite until its verdict and gives the exit code, and the suite itself unless the user detached; Ctrl-C does
 * that and says how to come back.
 */
export async function attachSuite(
  options: AttachSuiteOptions,
): Promise<{ readonly exitCode: number; readonly suite: SuiteState | null }> {
  const { suiteId, descriptor, json } = options;
  const detach = new AbortController();
  const onSignal = (): void => detach.abort();
  process.once('SIGINT', onSignal);
  try {
    const reporter = await reporterOf(options);
    const suite = await followSuite({ ...options, reporter, signal: detach.signal });
    if (suite === null) {
      const where = descriptor.name === 'default' ? '' : ` --name ${descriptor.name}`;
      process.stderr.write(
        `\ndetached; the suite goes on. Come back with: e2e watch ${suiteId}${where}; stop it with: e2e cancel ${suiteId}${where}\n`,
      );
      // Nobody saw its end: a script must not take that for green.
      return { exitCode: EXIT_CODES.cancelled, suite };
    }
    if (!json) tellEnd(suite, options);
    await tellGitHub(() => newsOfSuite(suite, options.stateDirectory));
    return { exitCode: suiteExitCode(suite, options.allowFlaky), suite };
  } finally {
    process.off('SIGINT', onSignal);
  }
}

function write(text: string): void {
  process.stdout.write(text);
}

function tellEnd(suite: SuiteState, { descriptor, stateDirectory, workflowId }: AttachSuiteOptions): void {
  const { temporalUi } = descriptor.urls;
  write(`\n${suiteTable(suite, colours()).join('\n')}\n`);
  write(`report    ${join(stateDirectory, 'suites', suite.suiteId, 'report.html')}\n`);
  write(`temporal  ${temporalUi}/namespaces/${NAMESPACES.harness}/workflows/${workflowId}\n`);
}

async function reporterOf(options: AttachSuiteOptions): Promise<SuiteReporter> {
  if (options.json) return createJsonSuiteReporter(write);
  if (!process.stdout.isTTY) return createPlainSuiteReporter(write);
  return createTerminalSuiteReporter({
    write,
    columns: () => process.stdout.columns,
    nowMs: () => options.clock.wallMs(),
    knowledge: await knowledgeOf(options),
    paint: colours(),
  });
}

const PAST_RUNS = 300;

/** Times of other time scales say nothing about this one. */
async function knowledgeOf({ stateDirectory, descriptor }: AttachSuiteOptions): Promise<BoardKnowledge> {
  const { runs } = await readRecordedRuns(join(stateDirectory, 'runs'));
  const alike = runs
    .filter(({ surroundings }) => surroundings.timeScale === descriptor.anchor.timeScale)
    .slice(-PAST_RUNS)
    .map(({ run }) => run);
  return { estimate: estimateFrom(alike), usualMs: usualDurations(alike) };
}
