import type { PhaseRecord } from '../../contracts/runs.ts';
import { itemName, itemReason, OUTCOME_WORDS } from '../../reporting/suite-outcomes.ts';
import type { SuiteEvent } from '../../reporting/suite-events.ts';
import type { SuiteReporter, SuiteView } from './follow-suite.ts';
import { boardLines, cut, span, type BoardKnowledge } from './suite-board.ts';
import type { Paint } from './suite-table.ts';

type Write = (text: string) => void;

/** `--json`: one event an object, one object a line. */
export function createJsonSuiteReporter(write: Write): SuiteReporter {
  const say = (value: unknown): void => write(`${JSON.stringify(value)}\n`);
  return { report: say, warn: (text) => say({ type: 'warning', text }) };
}

/** Plain lines when something begins, ends or is tried again: for files, pipes and CI. */
export function createPlainSuiteReporter(write: Write): SuiteReporter {
  const told = new Set<string>();
  return {
    report: (event) => linesOf(event, true).forEach((line) => write(`${line}\n`)),
    warn: (text) => write(`${text}\n`),
    tick: ({ live }) => {
      for (const { run, runId, retries } of live) {
        for (const { activity, attempt, failure } of retries) {
          const line = `${run?.scenario ?? runId}  try ${String(attempt)} of ${activity}: ${failure}`;
          if (!told.has(`${runId} ${line}`)) write(`${line}\n`);
          told.add(`${runId} ${line}`);
        }
      }
    },
  };
}

const UP = (lines: number): string => (lines === 0 ? '' : `\u001b[${String(lines)}A`);
const CLEAR = '\r\u001b[2K';

/** In a terminal: what has ended stays, below it the board is drawn anew. */
export function createTerminalSuiteReporter(options: {
  readonly write: Write;
  readonly columns: () => number;
  readonly nowMs: () => number;
  readonly knowledge: BoardKnowledge;
  readonly paint: Paint;
}): SuiteReporter {
  const { write, columns, nowMs, knowledge, paint } = options;
  let drawn = 0;
  const draw = (kept: readonly string[], live: readonly string[]): void => {
    const rows = [...kept, ...live];
    const blank = Math.max(0, drawn - rows.length);
    write(
      `${UP(drawn)}${rows.map((row) => `${CLEAR}${row}\n`).join('')}${`${CLEAR}\n`.repeat(blank)}${UP(blank)}`,
    );
    drawn = live.length;
  };
  let last: readonly string[] = [];
  const board = (view: SuiteView): readonly string[] =>
    boardLines(view, knowledge, { nowMs: nowMs(), columns: columns() - 1 });
  return {
    report: (event) => {
      const kept = linesOf(event, false).map((line) => painted(event, cut(line, columns() - 1), paint));
      if (kept.length > 0) draw(kept, last);
    },
    tick: (view) => {
      last = view.suite.status === 'finished' ? [] : board(view);
      draw([], last);
    },
    warn: (text) => draw([paint.yellow(text)], last),
    end: () => {
      last = [];
      draw([], []);
    },
  };
}

function painted(event: SuiteEvent, line: string, { green, red, yellow }: Paint): string {
  if (event.type !== 'item-finished') return line;
  const { outcome } = event.item;
  if (outcome === 'passed') return green(line);
  return outcome === 'failed' || outcome === 'infra-error' ? red(line) : yellow(line);
}

/** What is worth a line that stays; `all` for readers who see no board. */
function linesOf(event: SuiteEvent, all: boolean): string[] {
  switch (event.type) {
    case 'suite-started': {
      const { suiteId, items, seed, input } = event.suite;
      return [
        `suite ${suiteId}  ${input.title}: ${String(items.length)} to run, ${String(input.parallel)} at a time, seed ${String(seed)}`,
      ];
    }
    case 'try-started': {
      const again = event.attempt === 1 ? '' : `, try ${String(event.attempt)}`;
      return all ? [`${itemName(event.item)}  started as ${event.runId}${again}`] : [];
    }
    case 'phase-finished':
      return all ? [`${event.scenario}  ${phaseWords(event.phase)}`] : [];
    case 'try-finished': {
      const { verdict, reason, runId } = event.run;
      const over = event.item.runs.at(-1) === event.run && event.item.status === 'finished';
      return over
        ? []
        : [
            `${itemName(event.item)}  ${runId} ${verdict}${reason === null ? '' : `: ${reason}`}, is tried again`,
          ];
    }
    case 'item-finished': {
      const { item } = event;
      const outcome = item.outcome === null ? 'ended' : OUTCOME_WORDS[item.outcome].word;
      const run = item.runs.at(-1);
      const took =
        run === undefined ? '' : ` in ${span(Date.parse(run.finishedAt) - Date.parse(run.startedAt))}`;
      const why = itemReason(item);
      return [`${itemName(item)}  ${outcome}${took}${why === null ? '' : `: ${why}`}`];
    }
    case 'suite-finished':
      return [];
  }
}

function phaseWords({ number, name, verdict, durationMs }: PhaseRecord): string {
  const took = durationMs === null ? '' : ` in ${(durationMs / 1000).toFixed(1)} s`;
  return `${String(number)} ${name} ${verdict ?? 'ended'}${took}`;
}
