import { join } from 'node:path';

import { NAMESPACES, type EnvironmentDescriptor } from '../../contracts/environment.ts';
import { EXIT_CODES, workflowIdOf } from '../../contracts/runs.ts';
import { createConsoleReporter } from '../../reporting/console/reporter.ts';
import { createJsonReporter } from '../../reporting/json-lines.ts';
import type { Clock } from '../../support/clock.ts';
import { colours } from '../colours.ts';
import { newsOfRun } from '../github/news.ts';
import { tellGitHub } from '../github/tell-github.ts';
import { estimateFor } from './estimates.ts';
import { followRun } from './follow-run.ts';
import type { TemporalConnection } from './temporal.ts';

export interface AttachOptions {
  readonly temporal: TemporalConnection;
  readonly descriptor: EnvironmentDescriptor;
  readonly runId: string;
  readonly clock: Clock;
  readonly json: boolean;
  readonly runsDirectory: string;
}

/** Shows a run until its verdict and gives the exit code; Ctrl-C detaches and says how to come back. */
export async function attach(options: AttachOptions): Promise<number> {
  const { runId, json, descriptor } = options;
  const write = (text: string): void => void process.stdout.write(text);
  const reporter = json
    ? createJsonReporter(write)
    : createConsoleReporter({
        write,
        terminal: process.stdout.isTTY,
        paint: colours(),
        nowMs: () => options.clock.wallMs(),
        columns: process.stdout.columns,
        estimate: await estimateFor(descriptor, options.runsDirectory),
      });
  const warn = (text: string): void => void process.stderr.write(`${text}\n`);
  const detach = new AbortController();
  const onSignal = (): void => detach.abort();
  process.once('SIGINT', onSignal);
  try {
    const run = await followRun({ ...options, reporters: [reporter], signal: detach.signal, warn });
    if (run === null) {
      const where = descriptor.name === 'default' ? '' : ` --name ${descriptor.name}`;
      process.stderr.write(`\ndetached; the run goes on. Come back with: e2e watch ${runId}${where}\n`);
      return EXIT_CODES.passed;
    }
    if (!json) {
      write(`report    ${join(options.runsDirectory, runId, 'report.html')}\n`);
      write(`temporal  ${temporalLink(descriptor, runId)}\n`);
    }
    await tellGitHub(() => newsOfRun(run));
    return EXIT_CODES[run.verdict ?? 'inconclusive'];
  } finally {
    process.off('SIGINT', onSignal);
  }
}

function temporalLink({ urls }: EnvironmentDescriptor, runId: string): string {
  return `${urls.temporalUi}/namespaces/${NAMESPACES.harness}/workflows/${workflowIdOf(runId)}`;
}
