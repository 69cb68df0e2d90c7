import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  OPTIMIZATION_STATUSES,
  TERMINAL_OPTIMIZATION_STATUSES,
  type OptimizationStatus,
} from '../../../../../src/contracts/api/recommendations.ts';
import {
  forecastError,
  isTerminal,
  mayCancel,
  moveOptimization,
  moveStep,
  STEP_TRANSITIONS,
  type StepStatus,
} from '../../../../../src/platform/orchestrator/optimizations/policy.ts';

const statuses = fc.constantFrom(...OPTIMIZATION_STATUSES);
const steps = fc.constantFrom(...(Object.keys(STEP_TRANSITIONS) as StepStatus[]));

describe('an optimization', () => {
  it('never leaves an end', () => {
    fc.assert(
      fc.property(fc.constantFrom(...TERMINAL_OPTIMIZATION_STATUSES), statuses, (from, to) => {
        expect(moveOptimization(from, to)).toBe(from === to ? 'repeat' : 'refused');
      }),
    );
  });

  it('takes the same report twice as once, along any path', () => {
    fc.assert(
      fc.property(fc.array(statuses), (reports) => {
        const walk = (list: readonly OptimizationStatus[]) =>
          list.reduce<OptimizationStatus>(
            (at, to) => (moveOptimization(at, to) === 'change' ? to : at),
            'queued',
          );
        expect(walk(reports.flatMap((report) => [report, report]))).toBe(walk(reports));
      }),
    );
  });

  it('can end from every state that is not an end, and be cancelled until it rolls back', () => {
    for (const from of OPTIMIZATION_STATUSES.filter((status) => !isTerminal(status))) {
      expect(moveOptimization(from, 'failed')).toBe('change');
      expect(mayCancel(from)).toBe(from !== 'rolling_back');
    }
    expect(moveOptimization('queued', 'completed')).toBe('refused');
  });
});

describe('a step', () => {
  it('is never undone into pending, and a rolled back one stays so', () => {
    fc.assert(
      fc.property(steps, steps, (from, to) => {
        fc.pre(from !== to);
        if (to === 'pending' || from === 'rolled_back') expect(moveStep(from, to)).toBe('refused');
        if (to === 'rolled_back') expect(moveStep(from, to)).toBe('change');
      }),
    );
  });
});

describe('the forecast error', () => {
  it('is relative to the measurement and has its sign', () => {
    expect(forecastError(110, 100)).toBeCloseTo(0.1, 12);
    expect(forecastError(90, 100)).toBeCloseTo(-0.1, 12);
    expect(forecastError(-90, -100)).toBeCloseTo(0.1, 12);
  });
  it('is not there without a measurement', () => {
    expect(forecastError(100, null)).toBeUndefined();
    expect(forecastError(100, 0)).toBeUndefined();
  });
});
