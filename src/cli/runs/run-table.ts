import type { RunState } from '../../contracts/runs.ts';
import { countPassed } from '../../reporting/verdicts.ts';

type Cell = readonly [text: string, paint?: (text: string) => string];

interface Colours {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly green: (text: string) => string;
  readonly red: (text: string) => string;
  readonly yellow: (text: string) => string;
}

const HEAD = ['run', 'scenario', 'verdict', 'phases', 'gates', 'took', 'notes'];
const GAP = '  ';

/** Recorded runs as aligned columns, the last run last, where a terminal shows it; the id tells when it was started. */
export function runTable(runs: readonly RunState[], colours: Colours): string[] {
  const rows = runs.map((run) => cellsOf(run, colours));
  const widths = HEAD.map((name, column) =>
    Math.max(name.length, ...rows.map((row) => row[column]?.[0].length ?? 0)),
  );
  const line = (cells: readonly Cell[]): string =>
    cells
      .map(([text, paint], column) => {
        const padded = text.padEnd(widths[column] ?? 0);
        return paint === undefined ? padded : paint(padded);
      })
      .join(GAP)
      .trimEnd();
  return [line(HEAD.map((name) => [name, colours.bold])), ...rows.map(line)];
}

function cellsOf(run: RunState, colours: Colours): Cell[] {
  const gates = run.phases.flatMap((phase) => phase.gates);
  const finished = run.phases.filter(({ status }) => status === 'finished').length;
  return [
    [run.runId],
    [run.scenario],
    [run.verdict ?? 'running', paintOf(run, colours)],
    [`${String(finished)}/${String(run.phases.length)}`],
    [`${String(countPassed(gates))}/${String(gates.length)}`],
    [run.finishedAt === null ? '' : seconds(Date.parse(run.finishedAt) - Date.parse(run.startedAt))],
    [run.input.faults.length > 0 ? 'drill' : ''],
  ];
}

function paintOf({ verdict }: RunState, { green, red, yellow }: Colours): (text: string) => string {
  if (verdict === 'passed') return green;
  return verdict === 'failed' || verdict === 'infra-error' ? red : yellow;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(0)} s`;
}
