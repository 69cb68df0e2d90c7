import { describe, expect, it } from 'vitest';
import fc from 'fast-check';

import { costReduced } from '../../../src/assertions/cost-reduced.ts';
import { gateOf } from '../../../src/assertions/judge.ts';
import { latencyImproved } from '../../../src/assertions/latency-improved.ts';
import { atLeast } from '../../../src/assertions/numbers.ts';
import { phaseBudget } from '../../../src/assertions/phase-budget.ts';
import { rollbackSuccessful } from '../../../src/assertions/rollback-successful.ts';
import { savingsMatchPrediction } from '../../../src/assertions/savings-match-prediction.ts';
import type { Evidence, EvidenceSet, EvidenceValue } from '../../../src/contracts/runs.ts';

const set = (values: Record<string, EvidenceValue>, sampleSize: number | null = null): EvidenceSet =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]): [string, Evidence] => [
      name,
      { name, value, unit: 'u', source: 's', sampleSize, observedAt: '2026-11-22T12:00:00.000Z' },
    ]),
  );

describe('gateOf', () => {
  it('never passes on a number that is not finite', () => {
    const gate = atLeast({ gate: 'g', evidence: 'x', threshold: 0 });
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(gate(set({ x: value })).verdict).toBe('inconclusive');
    }
  });

  it('names what is missing and what it saw instead', () => {
    const gate = atLeast({ gate: 'g', evidence: 'x', threshold: 1, minimumSamples: 100 });
    expect(gate({})).toMatchObject({ reason: 'no evidence for x', observed: 'nothing' });
    expect(gate(set({ x: 5 }, 20)).reason).toBe('20 samples of x, 100 needed');
  });

  it('refuses to read a value of another type or one it did not name', () => {
    const wrong = atLeast({ gate: 'g', evidence: 'x', threshold: 1 });
    expect(() => wrong(set({ x: 'five' }))).toThrow('evidence x is not a number');
    const sly = gateOf({
      gate: 'g',
      needs: ['x'],
      expected: '',
      rule: (read) => ({ passed: read.number('y') > 0, observed: '', reason: '' }),
    });
    expect(() => sly(set({ x: 1 }))).toThrow('without naming it');
  });
});

describe('savingsMatchPrediction', () => {
  const gate = savingsMatchPrediction({ predicted: 'p', measured: 'm', toleranceShare: 0.2 });

  it('is two-sided: a saving far above the forecast is as wrong as one below', () => {
    expect(gate(set({ p: 18_000, m: 52_800 })).verdict).toBe('failed');
    expect(gate(set({ p: 52_800, m: 18_000 })).verdict).toBe('failed');
    expect(gate(set({ p: 0, m: 100 })).verdict).toBe('failed');
  });

  it('passes exactly inside the tolerance', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 1e6, noNaN: true }),
        fc.double({ min: -1, max: 1, noNaN: true }),
        (p, e) => {
          fc.pre(Math.abs(Math.abs(e) - 0.2) > 1e-9);
          expect(gate(set({ p, m: p * (1 + e) })).verdict).toBe(Math.abs(e) < 0.2 ? 'passed' : 'failed');
        },
      ),
    );
  });
});

describe('costReduced', () => {
  it('is red for a reduction below the share and for a cost that was nothing', () => {
    const gate = costReduced({ before: 'b', after: 'a', minimumShare: 0.4 });
    expect(gate(set({ b: 100, a: 60 })).verdict).toBe('passed');
    expect(gate(set({ b: 100, a: 60.1 })).verdict).toBe('failed');
    expect(gate(set({ b: 0, a: 0 })).verdict).toBe('failed');
  });
});

describe('latencyImproved', () => {
  it('demands the share it names', () => {
    const gate = latencyImproved({ before: 'b', after: 'a', minimumShare: 0.5, minimumSamples: 100 });
    expect(gate(set({ b: 1_604, a: 694 }, 500)).verdict).toBe('passed');
    expect(gate(set({ b: 1_604, a: 1_103 }, 500)).verdict).toBe('failed');
    expect(gate(set({ b: 1_604, a: 694 }, 50)).verdict).toBe('inconclusive');
  });
});

describe('rollbackSuccessful', () => {
  it('needs the status and a state that was read again', () => {
    const gate = rollbackSuccessful({ status: 's', restored: 'r' });
    expect(gate(set({ s: 'rolled_back', r: true })).verdict).toBe('passed');
    expect(gate(set({ s: 'rolled_back', r: false })).verdict).toBe('failed');
    expect(gate(set({ s: 'completed', r: true })).verdict).toBe('failed');
    expect(gate(set({ s: 'rolled_back', r: null })).verdict).toBe('inconclusive');
  });
});

describe('phaseBudget', () => {
  it('is red one millisecond after the budget', () => {
    expect(phaseBudget('p', 1_000, 1_000).verdict).toBe('passed');
    expect(phaseBudget('p', 1_001, 1_000).verdict).toBe('failed');
  });
});
