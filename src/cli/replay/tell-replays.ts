import { EXIT_CODES } from '../../contracts/runs.ts';
import type { colours } from '../colours.ts';
import type { ReplayOutcome } from './outcome.ts';

type Paint = ReturnType<typeof colours>;

/** Up to so many, each history that fits has a line of its own. */
const LINES_FOR_ALL = 30;

/** Red before what could not be judged; nothing but fitting histories is 0. */
export function exitCodeOfReplays(outcomes: readonly ReplayOutcome[]): number {
  if (outcomes.some(({ status }) => status === 'diverged' || status === 'failed')) return EXIT_CODES.failed;
  if (outcomes.some(({ status }) => status !== 'fits')) return EXIT_CODES['infra-error'];
  return EXIT_CODES.passed;
}

/** What replaying found, for people: every history that does not fit with its first divergence and what to do. */
export function replayLines(outcomes: readonly ReplayOutcome[], paint: Paint): string[] {
  const shown =
    outcomes.length <= LINES_FOR_ALL ? outcomes : outcomes.filter(({ status }) => status !== 'fits');
  return shown.flatMap((outcome) => linesOf(outcome, paint));
}

function linesOf(outcome: ReplayOutcome, paint: Paint): string[] {
  const { status, source, divergence } = outcome;
  const who = [source, outcome.scenario ?? '', ofAttempt(outcome)].filter((word) => word !== '').join('  ');
  if (status === 'fits')
    return [`${paint.green('✔')} ${who}  ${paint.dim(`${String(outcome.events)} events`)}`];
  const head = `${status === 'diverged' || status === 'failed' ? paint.red('✖') : paint.yellow('!')} ${who}`;
  if (divergence === null) return [`${head}  ${outcome.reason ?? ''}`, `  ${paint.dim(ADVICE[status])}`];
  return [
    `${head}  diverges at event ${String(divergence.eventId)}, ${divergence.eventType}`,
    ...(divergence.position === null ? [] : [`  where     ${divergence.position}`]),
    `  history   ${divergence.expected}`,
    `  code      ${divergence.actual}`,
    `  ${paint.dim(ADVICE[status])}`,
  ];
}

/** Runs that were begun again share an id; a file tells the run that it is of. */
function ofAttempt({ source, runId }: ReplayOutcome): string {
  return runId === null || source === runId ? '' : `run ${runId}`;
}

const ADVICE: Readonly<Record<ReplayOutcome['status'], string>> = {
  fits: '',
  diverged:
    'A run in flight would break on this code: keep the order of its steps, or `e2e deploy` it beside the old.',
  failed: 'Workflow code throws where it did not when this was recorded; the reason is its own.',
  foreign: 'Today’s code has no such workflow: it was renamed, removed or is of another project.',
  unreadable:
    'Save it anew with `e2e replay --save DIR RUN`, or take it from `temporal workflow show --output json`.',
};

export interface Speed {
  readonly wallMs: number;
  readonly cpuMs: number;
}

/** `25 histories: 24 fit today's code, 1 diverged (31/s, 24 ms of CPU each)` */
export function summaryLine(outcomes: readonly ReplayOutcome[], { wallMs, cpuMs }: Speed): string {
  const count = (...statuses: readonly ReplayOutcome['status'][]): number =>
    outcomes.filter(({ status }) => statuses.includes(status)).length;
  const parts = [
    [count('fits'), 'fit today’s code'],
    [count('diverged'), 'diverged'],
    [count('failed'), 'failed'],
    [count('foreign', 'unreadable'), 'could not be replayed'],
  ] as const;
  const told = parts.filter(([number], index) => index === 0 || number > 0);
  const histories = outcomes.length === 1 ? 'history' : 'histories';
  const speed = `${((outcomes.length / wallMs) * 1_000).toFixed(1)}/s, ${(cpuMs / outcomes.length).toFixed(0)} ms of CPU each`;
  return `${outcomes.length.toLocaleString('en')} ${histories}: ${told.map(([number, what]) => `${number.toLocaleString('en')} ${what}`).join(', ')} (${speed})`;
}
