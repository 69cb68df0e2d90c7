import type { GoldenAnswer } from '../src/contracts/api/agent-runtime.ts';
import { studentT } from './student-t.ts';

type Answer = Pick<GoldenAnswer, 'prompt_id' | 'quality_score'>;

export interface SampleFigures {
  readonly mean: number;
  readonly deviation: number;
  /** Two-sided 95 % interval of the mean. */
  readonly low: number;
  readonly high: number;
  readonly samples: number;
}

/** Mean, deviation and interval of the scores; null where fewer than two answers give none. */
export function figuresOf(answers: readonly Answer[]): SampleFigures | null {
  if (answers.length < 2) return null;
  const scores = answers.map(({ quality_score: score }) => score);
  const mean = meanOf(scores);
  const deviation = deviationOf(scores);
  const half = (studentT(0.975, scores.length - 1) * deviation) / Math.sqrt(scores.length);
  return { mean, deviation, low: mean - half, high: mean + half, samples: scores.length };
}

export interface DropFigures {
  readonly pairs: number;
  /** Relative drop of the mean over the prompts that both runs answered, with its one-sided 95 % bounds. */
  readonly drop: number;
  readonly lower: number;
  readonly upper: number;
}

/**
 * The drop by the jackknife: the ratio is computed anew without each pair, and the spread of these gives the error. The
 * platform linearizes instead; on a real difference both say the same.
 */
export function dropOf(before: readonly Answer[], after: readonly Answer[]): DropFigures | null {
  const was = new Map(before.map((answer) => [answer.prompt_id, answer.quality_score]));
  const pairs = after.flatMap(({ prompt_id: id, quality_score: is }) => {
    const score = was.get(id);
    return score === undefined ? [] : [{ was: score, is }];
  });
  const count = pairs.length;
  if (count < 2) return null;
  const totals = {
    was: pairs.reduce((sum, pair) => sum + pair.was, 0),
    is: pairs.reduce((sum, pair) => sum + pair.is, 0),
  };
  const drop = 1 - totals.is / totals.was;
  const without = pairs.map((pair) => 1 - (totals.is - pair.is) / (totals.was - pair.was));
  const centre = meanOf(without);
  const spread = without.reduce((sum, each) => sum + (each - centre) ** 2, 0);
  const half = studentT(0.95, count - 1) * Math.sqrt(((count - 1) / count) * spread);
  return { pairs: count, drop, lower: drop - half, upper: drop + half };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function deviationOf(values: readonly number[]): number {
  const mean = meanOf(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}
