import { EXIT_CODES } from '../../contracts/runs.ts';
import type { colours } from '../colours.ts';
import { isWorse, type GateFlip, type RejudgedRun } from './rejudge-run.ts';

type Paint = ReturnType<typeof colours>;

/** Worse is 1; any other change is 4, for the record no longer says what these gates say. */
export function exitCodeOfRejudged(runs: readonly RejudgedRun[]): number {
  const flips = runs.flatMap((run) => run.flips);
  if (flips.some(isWorse)) return EXIT_CODES.failed;
  return flips.length > 0 ? EXIT_CODES.inconclusive : EXIT_CODES.passed;
}

/** Runs whose verdicts flip, gate by gate, and a line that counts them all. */
export function rejudgedLines(runs: readonly RejudgedRun[], paint: Paint): string[] {
  const flipped = runs.filter(({ flips }) => flips.length > 0);
  const flips = flipped.reduce((total, run) => total + run.flips.length, 0);
  const verdicts = flipped.filter(({ before, after }) => before !== after).length;
  return [
    ...flipped.flatMap((run) => linesOf(run, paint)),
    `${counted(runs.length, 'run')} judged again: ${counted(flips, 'gate')} in ${counted(flipped.length, 'run')} changed, ${counted(verdicts, 'verdict')} of runs`,
  ];
}

function linesOf({ runId, scenario, before, after, flips }: RejudgedRun, paint: Paint): string[] {
  const verdict = before === after ? `still ${shown(after)}` : `${shown(before)} → ${shown(after)}`;
  return [
    `${paint.bold(runId)}  ${scenario}  ${verdict}`,
    ...flips.flatMap((flip) => linesOfFlip(flip, paint)),
  ];
}

function linesOfFlip(flip: GateFlip, paint: Paint): string[] {
  const paintFlip = isWorse(flip) ? paint.red : paint.yellow;
  return [
    `  ${paintFlip(`${shown(flip.before)} → ${shown(flip.after)}`)}  ${flip.phase}  ${flip.gate}`,
    `    ${paint.dim(`expected ${flip.expected}, observed ${flip.observed}`)}`,
  ];
}

function shown(verdict: string | null): string {
  return verdict ?? 'none';
}

function counted(number: number, what: string): string {
  return `${number.toLocaleString('en')} ${what}${number === 1 ? '' : 's'}`;
}
