import { describe, expect, it } from 'vitest';

import { dropOf, figuresOf } from '../../../activities/golden-statistics.ts';
import { studentT } from '../../../activities/student-t.ts';

const answersOf = (scores: readonly number[]) =>
  scores.map((score, index) => ({ prompt_id: `golden-${String(index)}`, quality_score: score }));

describe('Student’s t', () => {
  // Published table values.
  it.each([
    [0.975, 10, 2.228],
    [0.975, 199, 1.972],
    [0.95, 36, 1.688],
    [0.95, 1000, 1.646],
  ])('has the quantile of %d at %d degrees of freedom', (probability, degrees, expected) => {
    expect(studentT(probability, degrees)).toBeCloseTo(expected, 3);
  });

  it('knows no lower quantile', () => {
    expect(() => studentT(0.5, 10)).toThrow(RangeError);
  });
});

describe('figures of golden answers', () => {
  it('gives mean, deviation and interval', () => {
    const figures = figuresOf(answersOf([0.9, 1, 0.8, 0.9]));
    expect(figures?.mean).toBeCloseTo(0.9);
    expect(figures?.deviation).toBeCloseTo(0.0816, 4);
    // 3.182 × 0.0816 ÷ 2
    expect((figures?.high ?? 0) - 0.9).toBeCloseTo(0.1299, 3);
  });

  it('has none of fewer than two answers', () => {
    expect(figuresOf(answersOf([0.9]))).toBeNull();
    expect(dropOf(answersOf([0.9]), answersOf([0.8]))).toBeNull();
  });

  it('pairs by prompt: what only one run answered counts nowhere', () => {
    const before = answersOf([0.9, 0.8, 0.7, 1]);
    const after = answersOf([0.81, 0.72, 0.63]).toReversed();
    const drop = dropOf(before, after);
    expect(drop).toMatchObject({ pairs: 3 });
    expect(drop?.drop).toBeCloseTo(0.1);
    // The same drop at every prompt leaves no doubt.
    expect(drop?.lower).toBeCloseTo(0.1);
  });

  it('is unsure where the drop differs from prompt to prompt', () => {
    const drop = dropOf(answersOf([0.9, 0.9, 0.9, 0.9]), answersOf([0.9, 0.7, 0.95, 0.8]));
    expect(drop?.drop).toBeCloseTo(0.0694, 3);
    expect(drop?.lower).toBeLessThan(0);
    expect(drop?.upper).toBeGreaterThan(0.05);
  });
});
