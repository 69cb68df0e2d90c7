import type { RunState } from '../../src/contracts/runs.ts';
import type { ForecastSummary } from '../../src/reporting/forecast-ledger.ts';
import type { Machine } from '../bench/machine.ts';

const BEGIN = '<!-- forecasts: begin, written by npm run forecasts -->';
const END = '<!-- forecasts: end -->';

export interface ForecastTables {
  readonly runs: readonly RunState[];
  readonly summaries: readonly ForecastSummary[];
  readonly toleranceShare: number;
  readonly machine: Machine;
}

/** What was measured, as Markdown: the runs with their verdicts, then the errors. */
export function forecastTables({ runs, summaries, toleranceShare, machine }: ForecastTables): string {
  const within = `within ±${(toleranceShare * 100).toFixed(0)} %`;
  return [
    `Measured on ${machine.cores} cores (${machine.cpuModel}), ${machine.memoryGib} GiB, Node ${machine.node}; ` +
      `revision ${[...new Set(runs.map(({ input }) => input.gitRevision))].join(', ')}.`,
    '',
    '| scenario | runs | passed | failed | inconclusive | other |',
    '| --- | --: | --: | --: | --: | --: |',
    ...verdictRows(runs),
    '',
    `| scenario | predicted | compared | median error | 5 % to 95 % | worst | within its interval | ${within} |`,
    '| --- | --- | --: | --: | --: | --: | --: | --: |',
    ...summaries.map(errorRow),
    '',
  ].join('\n');
}

/** @throws Error when the page has lost its markers: what stands around them is written by hand. */
export function replaceTables(page: string, tables: string): string {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`the page lacks its markers ${BEGIN} and ${END}`);
  return `${page.slice(0, begin + BEGIN.length)}\n\n${tables}\n${page.slice(end)}`;
}

function verdictRows(runs: readonly RunState[]): string[] {
  const byScenario = Map.groupBy(runs, ({ scenario }) => scenario);
  return [...byScenario]
    .toSorted(([left], [right]) => left.localeCompare(right))
    .map(([scenario, group]) => {
      const count = (verdict: string): number => group.filter((run) => run.verdict === verdict).length;
      const [passed, failed, inconclusive] = ['passed', 'failed', 'inconclusive'].map(count);
      const other = group.length - (passed ?? 0) - (failed ?? 0) - (inconclusive ?? 0);
      return `| ${scenario} | ${group.length} | ${passed} | ${failed} | ${inconclusive} | ${other} |`;
    });
}

function errorRow(row: ForecastSummary): string {
  const percent = (share: number | null): string =>
    share === null ? 'none' : `${share > 0 ? '+' : ''}${(share * 100).toFixed(1)} %`;
  const whole = (share: number | null): string => (share === null ? 'none' : `${(share * 100).toFixed(0)} %`);
  const spread = row.errorP5 === null ? 'none' : `${percent(row.errorP5)} to ${percent(row.errorP95)}`;
  return (
    `| ${row.scenario} | ${row.what} (${row.unit}) | ${row.compared} of ${row.predictions} | ${percent(row.errorMedian)} ` +
    `| ${spread} | ${percent(row.errorWorst)} | ${whole(row.withinInterval)} | ${whole(row.withinTolerance)} |`
  );
}
