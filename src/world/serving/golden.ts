import type { EngineConfiguration } from '../../contracts/api/customers.ts';
import type { TrafficProfile } from '../../contracts/world.ts';
import { randomStream, type RandomStream } from '../../support/random.ts';
import { meanQuality } from './quality.ts';
import { tokens } from './traffic.ts';

/** The set of golden prompts: `golden-000` … */
export const GOLDEN_SET_SIZE = 1_000;

/**
 * How far prompts differ in what they are worth to the same model, and how far two answers to the same prompt do [A]. Both
 * together spread like any answers (0.08), but a pair of answers to one prompt differs by √2 · 0.03 only: that is why
 * pairing sees with 37 prompts what two samples see with hundreds (world spec §6).
 */
const DIFFICULTY_SD = 0.074;
const REPEAT_SD = 0.03;

/** A prompt of the set: the same for every run at every site. */
export interface GoldenPrompt {
  readonly id: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** What it takes from, or adds to, the score of an answer. */
  readonly difficulty: number;
}

/** Belongs to the set, not to a site: two customers' golden prompts are the same. */
const SET_SEED = 20_261_122;

/** Lengths are those of the deployment's users, so that a golden prompt is no strange load. */
export function goldenPrompt(index: number, profile: TrafficProfile): GoldenPrompt {
  const id = `golden-${String(index).padStart(3, '0')}`;
  const stream = randomStream(SET_SEED, id);
  return {
    id,
    difficulty: DIFFICULTY_SD * stream.normal(),
    inputTokens: tokens(stream.logNormal(profile.inputTokensMean, profile.inputTokensCv)),
    outputTokens: tokens(stream.logNormal(profile.outputTokensMean, profile.outputTokensCv)),
  };
}

/** Score of one answer to a golden prompt, 0–1. */
export function goldenScore(
  prompt: GoldenPrompt,
  quantization: EngineConfiguration['quantization'],
  faultDrop: number,
  noise: RandomStream,
): number {
  const score = meanQuality(quantization) - faultDrop + prompt.difficulty + REPEAT_SD * noise.normal();
  return Math.min(1, Math.max(0, score));
}
