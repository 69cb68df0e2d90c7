import type { GateResult, PhaseRecord, RunState, Verdict } from '../contracts/runs.ts';
import type { RunEvent, RunReporter } from './events.ts';

/** Where lines go and how they look; the command decides both. */
export interface ConsoleOptions {
  readonly write: (text: string) => void;
  /** A terminal gets colour, marks and a line that shows elapsed time; anything else gets plain lines. */
  readonly terminal: boolean;
  readonly paint: Paint;
  readonly nowMs: () => number;
}
export interface Paint {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly green: (text: string) => string;
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
}

const RULE = '='.repeat(70);
const MARKS: Readonly<Record<Verdict, string>> = {
  passed: '✅',
  failed: '❌',
  inconclusive: '❔',
  'infra-error': '⚠️ ',
  cancelled: '⏹ ',
};
const CLEAR_LINE = '\r\u001b[2K';

/** The run as a story: a heading a phase, what it saw below, red gates with expected and observed, the verdict last. */
export function createConsoleReporter(options: ConsoleOptions): RunReporter {
  const { paint, terminal } = options;
  let statusShown = false;
  const line = (text = ''): void => {
    options.write(`${statusShown ? CLEAR_LINE : ''}${text}\n`);
    statusShown = false;
  };
  return {
    report: (event) => {
      for (const text of linesOf(event, paint)) line(text);
    },
    tick: (run) => {
      if (!terminal) return;
      const status = statusLine(run, options.nowMs());
      if (status === null) return;
      options.write(`${CLEAR_LINE}${paint.dim(status)}`);
      statusShown = true;
    },
    end: () => {
      if (statusShown) options.write(CLEAR_LINE);
    },
  };
}

function linesOf(event: RunEvent, paint: Paint): string[] {
  switch (event.type) {
    case 'run-started':
      return [
        paint.bold(`${event.run.title.toUpperCase()}: ${event.run.runId}`),
        RULE,
        paint.dim(
          `seed ${String(event.run.input.seed)}, ${event.run.input.prices} prices, ${event.run.input.preset} market`,
        ),
      ];
    case 'phase-started':
      return ['', paint.bold(`PHASE ${String(event.phase.number)}: ${event.phase.title}...`)];
    case 'phase-finished':
      return finishedPhase(event.phase, event.gates, paint);
    case 'step-changed':
      return [`  ${event.status === 'completed' ? '✓' : '·'} ${event.step} ${paint.dim(event.status)}`];
    case 'run-finished':
      return closing(event.run, event.verdict, paint);
  }
}

function finishedPhase(phase: PhaseRecord, gates: readonly GateResult[], paint: Paint): string[] {
  const passed = gates.filter(({ verdict }) => verdict === 'passed').length;
  const took = phase.durationMs === null ? '' : ` in ${(phase.durationMs / 1000).toFixed(1)} s`;
  const summary = `${MARKS[phase.verdict ?? 'inconclusive']} ${String(passed)} of ${String(gates.length)} gates passed${took}`;
  return [
    ...phase.notes.map((note) => `  ${note}`),
    ...(phase.error === null ? [] : [`  ${paint.red(phase.error)}`]),
    ...gates.filter(({ verdict }) => verdict !== 'passed').flatMap((gate) => redGate(gate, paint)),
    `  ${colourOf(phase.verdict, paint)(summary)}`,
  ];
}

function redGate(gate: GateResult, paint: Paint): string[] {
  return [
    `  ${paint.red(`${gate.verdict === 'failed' ? '✗' : '?'} ${gate.gate}: ${gate.reason}`)}`,
    `    expected ${gate.expected}, observed ${gate.observed} ${gate.unit}`,
    paint.dim(
      `    source: ${gate.source}${gate.sampleSize === null ? '' : `, ${String(gate.sampleSize)} samples`}`,
    ),
  ];
}

function closing(run: RunState, verdict: Verdict, paint: Paint): string[] {
  const gates = run.phases.flatMap((phase) => phase.gates);
  const passed = gates.filter((gate) => gate.verdict === 'passed').length;
  const notReached = run.phases.filter(({ status }) => status === 'not-reached').length;
  const phases = `${String(run.phases.length - notReached)} of ${String(run.phases.length)} phases run`;
  return [
    '',
    RULE,
    colourOf(
      verdict,
      paint,
    )(paint.bold(`${MARKS[verdict]} ${run.title.toUpperCase()} ${verdict.toUpperCase()}`)),
    `${phases}, ${String(passed)} of ${String(gates.length)} gates passed, clean-up ${run.cleanup}`,
    RULE,
  ];
}

function colourOf(verdict: Verdict | null, paint: Paint): (text: string) => string {
  if (verdict === 'passed') return paint.green;
  return verdict === 'failed' || verdict === 'infra-error' ? paint.red : paint.yellow;
}

function statusLine(run: RunState, nowMs: number): string | null {
  if (run.status === 'finished') return null;
  const running = run.phases.find(({ status }) => status === 'running');
  const since = Date.parse(running?.startedAt ?? run.startedAt);
  const elapsed = `${((nowMs - since) / 1000).toFixed(0)} s`;
  if (running !== undefined) return `  … ${elapsed} of ${String(running.budgetMs / 1000)} s`;
  const any = run.phases.some(({ status }) => status === 'finished');
  return any
    ? `  … collecting evidence and cleaning up, ${elapsed}`
    : `  … preparing the customer, ${elapsed}`;
}
