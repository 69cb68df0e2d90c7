import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

import { OptiInfraError } from '../../support/errors.ts';
import type { HistoryReference, ReplayOutcome } from './outcome.ts';
import type { FromReplayProcess, ReplayWork, ToReplayProcess } from './replay-process.ts';

export interface ManyReplays {
  /** Today's code, see `loadWorkflowBundle`. */
  readonly codePath: string;
  /** Where histories that are not files come from. */
  readonly temporalAddress: string | null;
  readonly references: readonly HistoryReference[];
  /** Processes; as many as cores unless told. */
  readonly processes?: number;
  /** Told as they come, in no order. */
  readonly onOutcome?: (outcome: ReplayOutcome) => void;
}
export interface Replays {
  /** In the order of the references. */
  readonly outcomes: readonly ReplayOutcome[];
  /** Of all processes, their start included. */
  readonly cpuMs: number;
}

/** One stream leaves a core idle whenever a history goes from the engine to the sandbox and back. */
const STREAMS = 2;
/** A process costs a second of CPU before its first history. */
const WORTH_A_PROCESS = 25;

/** Replays histories in processes of their own, with every core busy. */
export async function replayMany(many: ManyReplays): Promise<Replays> {
  const { references } = many;
  const most = Math.max(1, Math.ceil(references.length / WORTH_A_PROCESS));
  const queue: ReplayWork[] = references.map((reference, index) => ({ index, reference }));
  const outcomes = new Map<number, ReplayOutcome>();
  const cpuMs = await Promise.all(
    Array.from({ length: Math.min(many.processes ?? availableParallelism(), most) }, () =>
      runProcess(many, queue, (index, outcome) => {
        outcomes.set(index, outcome);
        many.onOutcome?.(outcome);
      }),
    ),
  );
  if (outcomes.size !== references.length) throw new Error('a history was replayed by no process');
  return {
    outcomes: references.map((_, index) => outcomes.get(index)).filter((each) => each !== undefined),
    cpuMs: cpuMs.reduce((total, each) => total + each, 0),
  };
}

/** Gives the CPU it took, in milliseconds. */
async function runProcess(
  { codePath, temporalAddress }: ManyReplays,
  queue: ReplayWork[],
  onOutcome: (index: number, outcome: ReplayOutcome) => void,
): Promise<number> {
  const child = fork(join(import.meta.dirname, 'replay-process.ts'), {
    serialization: 'advanced',
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const said: string[] = [];
  child.stderr?.on('data', (text: Buffer) => said.push(text.toString()));
  const send = (message: ToReplayProcess): void => void child.send(message);
  const used: number[] = [];
  child.on('message', (message: FromReplayProcess) => {
    if (message.kind === 'wanting') send({ kind: 'work', work: queue.shift() ?? null });
    else if (message.kind === 'outcome') onOutcome(message.index, message.outcome);
    else used.push(message.cpuMs);
  });
  send({ kind: 'begin', codePath, temporalAddress, streams: STREAMS });
  const how = await endOf(child);
  const [cpuMs] = used;
  if (cpuMs === undefined) throw processBroke(how, said.join(''));
  return cpuMs;
}

async function endOf(child: ChildProcess): Promise<string> {
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  return signal === null ? `exit code ${String(code)}` : `signal ${signal}`;
}

const SHOWN_LINES = 8;

function processBroke(how: string, said: string): OptiInfraError {
  return new OptiInfraError('PROCESS_DIED', `a process that replays ended too early (${how})`, {
    details: { logLines: said.trim().split('\n').slice(-SHOWN_LINES) },
    hint: 'Replay fewer at once to find the history that it stumbles over.',
  });
}
