import type { PhaseRecord, RunState } from '../../contracts/runs.ts';
import type { RunReporter } from '../../reporting/events.ts';

/** One live line a run in a terminal; anywhere else a plain line when something has ended. */
export interface Board {
  reporterOf(scenario: string, runId: string): RunReporter;
  /** A line that stays. */
  say(text: string): void;
  end(): void;
}

const UP = (lines: number): string => (lines === 0 ? '' : `\u001b[${String(lines)}A`);
const CLEAR = '\r\u001b[2K';

export function createBoard({
  write,
  terminal,
}: {
  readonly write: (text: string) => void;
  readonly terminal: boolean;
}): Board {
  const lines = new Map<string, string>();
  let drawn = 0;
  const draw = (kept: string | null = null): void => {
    if (!terminal) {
      if (kept !== null) write(`${kept}\n`);
      return;
    }
    const rows = [...(kept === null ? [] : [kept]), ...lines.values()];
    // Lines that are no longer needed are cleared below the last one.
    const blank = Math.max(0, drawn - rows.length);
    write(
      `${UP(drawn)}${rows.map((row) => `${CLEAR}${row}\n`).join('')}${`${CLEAR}\n`.repeat(blank)}${UP(blank)}`,
    );
    drawn = lines.size;
  };
  return {
    say: draw,
    end: () => draw(),
    reporterOf: (scenario, runId) => {
      const head = `${scenario.padEnd(26)} ${runId}`;
      return {
        report: (event) => {
          switch (event.type) {
            case 'run-started':
              lines.set(runId, `${head}  starting`);
              draw(terminal ? null : `${head}  started, seed ${String(event.run.input.seed)}`);
              return;
            case 'phase-finished':
              draw(terminal ? null : `${head}  ${phaseLine(event.phase)}`);
              return;
            case 'run-finished':
              lines.delete(runId);
              draw(`${head}  ${event.verdict}${reasonOf(event.run)}`);
              return;
            case 'phase-started':
            case 'step-changed':
          }
        },
        tick: (run) => {
          if (!terminal || run.status === 'finished') return;
          lines.set(runId, `${head}  ${presentLine(run)}`);
          draw();
        },
        end: () => {
          if (lines.delete(runId)) draw();
        },
      };
    },
  };
}

function phaseLine({ number, name, verdict, durationMs }: PhaseRecord): string {
  const took = durationMs === null ? '' : ` in ${(durationMs / 1000).toFixed(1)} s`;
  return `${String(number)} ${name} ${verdict ?? 'ended'}${took}`;
}

function presentLine(run: RunState): string {
  const running = run.phases.find(({ status }) => status === 'running');
  const done = run.phases.filter(({ status }) => status === 'finished').length;
  return `${String(done)}/${String(run.phases.length)}  ${running?.title ?? 'preparing or cleaning up'}`;
}

/** The first red or undecided gate, or the error that struck. */
function reasonOf(run: RunState): string {
  const bad = run.phases.find(({ verdict }) => verdict !== null && verdict !== 'passed');
  if (bad === undefined) return '';
  const gate = bad.gates.find(({ verdict }) => verdict !== 'passed');
  const why = gate === undefined ? (bad.error ?? 'no gate decided') : `${gate.gate}: ${gate.observed}`;
  return `  in ${bad.name}: ${why}`.slice(0, 160);
}
