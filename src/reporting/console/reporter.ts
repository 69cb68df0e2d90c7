import type { RunState } from '../../contracts/runs.ts';
import type { Estimate } from '../estimate.ts';
import type { RunReporter } from '../events.ts';
import { linesOf, type Style } from './lines.ts';
import { PLAIN_LOOK, TERMINAL_LOOK, type Paint } from './look.ts';
import { statusLine } from './status-line.ts';
import { cut } from './text.ts';

/** Where lines go and how they look; the command decides both. */
export interface ConsoleOptions {
  readonly write: (text: string) => void;
  /** A terminal gets emoji, colour and a line that shows elapsed time; anything else gets plain lines. */
  readonly terminal: boolean;
  readonly paint: Paint;
  readonly nowMs: () => number;
  /** Width of the terminal; lines never get longer than 80. */
  readonly columns?: number | undefined;
  /** From past runs. */
  readonly estimate?: Estimate;
}

const MAX_COLUMNS = 80;
/** Below this nothing sensible fits, and some terminals say 0. */
const MIN_COLUMNS = 40;
const CLEAR_LINE = '\r\u001b[2K';

/** The run as a story: a heading a phase, what it saw below, red gates with expected and observed, the verdict last. */
export function createConsoleReporter(options: ConsoleOptions): RunReporter {
  const { terminal, paint } = options;
  const columns = Math.max(MIN_COLUMNS, Math.min(MAX_COLUMNS, options.columns ?? MAX_COLUMNS));
  const style: Style = {
    paint,
    look: terminal ? TERMINAL_LOOK : PLAIN_LOOK,
    layout: { columns, splitWords: terminal },
  };
  let run: RunState | null = null;
  let statusShown = false;
  const clearStatus = (): void => {
    if (statusShown) options.write(CLEAR_LINE);
    statusShown = false;
  };
  return {
    report: (event) => {
      if (event.type === 'run-started') run = event.run;
      clearStatus();
      for (const text of linesOf(event, run, style)) options.write(`${text}\n`);
    },
    tick: (present) => {
      const status = terminal ? statusLine(present, options.estimate ?? null, options.nowMs()) : null;
      if (status === null) return;
      options.write(`${CLEAR_LINE}${paint.dim(cut(status, columns))}`);
      statusShown = true;
    },
    end: clearStatus,
  };
}
