import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  comparePaired,
  describeDrop,
  MINIMUM_PAIRS,
} from '../../../../../src/platform/agents/application/paired-comparison.ts';
import { randomStream } from '../../../../../src/support/random.ts';

interface Answering {
  readonly seed: number;
  readonly prompts: number;
  /** Relative drop of every answer. */
  readonly drop: number;
  /** Spread of what differs between two askings of the same prompt. */
  readonly repeatDeviation?: number;
}

/** Prompts have a difficulty of their own (spread 0.08), which both runs share; each asking adds its noise. */
function twoRuns({ seed, prompts, drop, repeatDeviation = 0.08 }: Answering) {
  const random = randomStream(seed, 'golden prompts');
  const clamp = (score: number): number => Math.min(1, Math.max(0, score));
  const pairs = Array.from({ length: prompts }, (_none, index) => {
    const difficulty = 0.95 + 0.08 * random.normal();
    const ask = (kept: number): number => clamp(difficulty * kept + repeatDeviation * random.normal());
    return { prompt_id: `golden-${index}`, before: ask(1), after: ask(1 - drop) };
  });
  return {
    baseline: pairs.map(({ prompt_id, before }) => ({ prompt_id, quality_score: before })),
    present: pairs.map(({ prompt_id, after }) => ({ prompt_id, quality_score: after })),
  };
}

const SEEDS = Array.from({ length: 400 }, (_none, index) => index + 1);
function shareOfVerdicts(verdict: string, answering: Omit<Answering, 'seed'>): number {
  const hits = SEEDS.filter((seed) => {
    const { baseline, present } = twoRuns({ seed, ...answering });
    return comparePaired(baseline, present).verdict === verdict;
  });
  return hits.length / SEEDS.length;
}

describe('golden prompts, paired', () => {
  it('raise no alarm without a drop and call quality kept, in at least 95 % of seeds', () => {
    expect(shareOfVerdicts('regression', { prompts: 200, drop: 0 })).toBe(0);
    expect(shareOfVerdicts('kept', { prompts: 200, drop: 0 })).toBeGreaterThanOrEqual(0.95);
  });

  it('raise the alarm at a drop of 8 % in at least 95 % of seeds', () => {
    expect(shareOfVerdicts('regression', { prompts: 200, drop: 0.08 })).toBeGreaterThanOrEqual(0.95);
  });

  it('hold the true drop between their bounds as often as they say', () => {
    const held = SEEDS.filter((seed) => {
      // Less noise: answers cut off at 1 would make the true drop another one.
      const { baseline, present } = twoRuns({ seed, prompts: 200, drop: 0.03, repeatDeviation: 0.01 });
      const { drop } = comparePaired(baseline, present);
      return drop !== null && drop.lower <= 0.031;
    });
    expect(held.length / SEEDS.length).toBeGreaterThan(0.9);
  });

  it('see with 37 pairs a drop of 5 % that is worth an alarm once it is larger', () => {
    const near = { prompts: MINIMUM_PAIRS, repeatDeviation: 0.03 };
    expect(shareOfVerdicts('regression', { ...near, drop: 0.1 })).toBeGreaterThanOrEqual(0.95);
  });

  it('gain from pairing: another order of the same answers changes nothing, another pairing does', () => {
    const { baseline, present } = twoRuns({ seed: 3, prompts: 200, drop: 0.08, repeatDeviation: 0.01 });
    const paired = comparePaired(baseline, present).drop;
    expect(comparePaired(baseline, present.toReversed()).drop?.share).toBeCloseTo(paired?.share ?? NaN, 12);
    const shuffled = present.map(({ quality_score }, index) => ({
      prompt_id: `golden-${(index + 7) % 200}`,
      quality_score,
    }));
    const width = (drop: typeof paired): number => (drop === null ? NaN : drop.upper - drop.lower);
    expect(width(comparePaired(baseline, shuffled).drop)).toBeGreaterThan(3 * width(paired));
  });

  it('are inconclusive with too few pairs, with none, and with a baseline that scored nothing', () => {
    const { baseline, present } = twoRuns({ seed: 1, prompts: MINIMUM_PAIRS - 1, drop: 0.5 });
    expect(comparePaired(baseline, present)).toMatchObject({ verdict: 'inconclusive', pairs: 36 });
    expect(comparePaired(baseline, [])).toEqual({ verdict: 'inconclusive', pairs: 0, drop: null });
    const others = present.map((score) => ({ ...score, prompt_id: `other-${score.prompt_id}` }));
    expect(comparePaired(baseline, others).pairs).toBe(0);
    const zero = Array.from({ length: 50 }, (_none, index) => ({ prompt_id: `${index}`, quality_score: 0 }));
    expect(comparePaired(zero, zero)).toMatchObject({ verdict: 'inconclusive', drop: null });
  });

  it('are inconclusive while a drop above 5 % is neither proven nor excluded', () => {
    const noisy = (index: number, level: number): number => level + (index % 2 === 0 ? 0.2 : -0.2);
    const run = (level: number, odd: boolean) =>
      Array.from({ length: 40 }, (_none, index) => ({
        prompt_id: `${index}`,
        quality_score: odd ? noisy(index, level) : level,
      }));
    const small = comparePaired(run(0.8, false), run(0.75, true));
    expect(small).toMatchObject({
      verdict: 'inconclusive',
      drop: { share: expect.closeTo(0.0625) as number },
    });
    expect(small.drop?.lower).toBeLessThan(0);
    // Proven, but not as large as the alarm's.
    expect(comparePaired(run(0.8, false), run(0.765, false))).toMatchObject({ verdict: 'kept' });
  });

  it('decide without noise by the drop itself', () => {
    const scores = (score: number) =>
      Array.from({ length: 40 }, (_none, index) => ({ prompt_id: `${index}`, quality_score: score }));
    expect(comparePaired(scores(0.9), scores(0.9))).toMatchObject({ verdict: 'kept' });
    expect(comparePaired(scores(0.9), scores(0.8))).toMatchObject({
      verdict: 'regression',
      drop: { lower: expect.closeTo(0.1 / 0.9) as number, upper: expect.closeTo(0.1 / 0.9) as number },
    });
  });

  it('keep their bounds around the drop, whatever the scores', () => {
    const score = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(score, score), { minLength: 2, maxLength: 250 }), (scores) => {
        const run = (side: 0 | 1) =>
          scores.map((pair, index) => ({ prompt_id: `${index}`, quality_score: pair[side] }));
        const { drop, verdict } = comparePaired(run(0), run(1));
        if (drop === null) return verdict === 'inconclusive';
        const ordered = drop.lower <= drop.share && drop.share <= drop.upper;
        const alarmed =
          verdict !== 'regression' || (drop.lower > 0 && drop.share > 0.05 && drop.confidence > 0.94);
        return ordered && alarmed;
      }),
    );
  });

  it('say what they saw', () => {
    const { baseline, present } = twoRuns({ seed: 2, prompts: 200, drop: 0.08 });
    expect(describeDrop(comparePaired(baseline, present))).toMatch(
      /^drop of \d\.\d % \(0\.9\d+ → 0\.8\d+; one-sided 95 % bounds .* and .*\) over 200 paired golden prompts$/,
    );
  });
});
