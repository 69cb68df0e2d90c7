import type { GateResult, RunState } from '../../contracts/runs.ts';
import { withUnit } from '../values.ts';
import { redGates } from '../verdicts.ts';
import { code, plain, table } from './text.ts';

/** Gates shown of one run; the page has all. */
const GATES_SHOWN = 20;

/** Why a run is not green: what broke, and each red gate with what it expected and what it saw. */
export function whyRed(run: RunState): string {
  const broken = run.phases.flatMap(({ number, title, error }) =>
    error === null ? [] : [`Phase ${String(number)}, ${plain(title)}: ${plain(error)}`],
  );
  const outside = (run.errors ?? []).map((error) => `Outside of the phases: ${plain(error)}`);
  const red = redGates(run);
  const rows = red
    .slice(0, GATES_SHOWN)
    .map(({ phase, gate }) => [
      `${String(phase.number)} ${plain(phase.title)}`,
      `${SIGNS[gate.verdict]} ${code(gate.gate)}`,
      plain(gate.expected),
      plain(withUnit(gate.observed, gate.unit)),
      `${plain(gate.source)}${samples(gate)}`,
    ]);
  const more = red.length - rows.length;
  return [
    ...broken.map((line) => `- ${line}`),
    ...outside.map((line) => `- ${line}`),
    ...(rows.length === 0 ? [] : ['', table(['phase', 'gate', 'expected', 'observed', 'source'], rows)]),
    ...(more > 0 ? ['', `${String(more)} more red gates are in the page.`] : []),
    ...(broken.length + outside.length + rows.length === 0
      ? ['No gate was red and nothing was said to break.']
      : []),
  ].join('\n');
}

const SIGNS = { passed: '✓', failed: '✗', inconclusive: '?' } as const;

function samples({ sampleSize }: GateResult): string {
  return sampleSize === null ? '' : `, ${sampleSize.toLocaleString('en-US')} samples`;
}
