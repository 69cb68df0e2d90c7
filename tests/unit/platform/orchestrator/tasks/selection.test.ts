import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { CircuitBreaker } from '../../../../../src/platform/orchestrator/tasks/breaker.ts';
import { chooseInstance, type Candidate } from '../../../../../src/platform/orchestrator/tasks/selection.ts';

const candidate = (agentId: string, changes: Partial<Candidate> = {}): Candidate => ({
  agentId,
  endpoint: 'http://127.0.0.1:1',
  draining: false,
  load: 0,
  currentTasks: 0,
  ...changes,
});
const state = (
  changes: {
    breakers?: Record<string, CircuitBreaker>;
    inFlight?: Record<string, number>;
    failedBefore?: readonly string[];
  } = {},
) => ({
  breakers: new Map(Object.entries(changes.breakers ?? {})),
  inFlight: new Map(Object.entries(changes.inFlight ?? {})),
  failedBefore: new Set(changes.failedBefore),
  nowMs: 0,
});
const open: CircuitBreaker = { state: 'open', openedAtMs: 0 };

describe('the choice of an instance', () => {
  it('is nobody when all drain or have open breakers', () => {
    const all = [candidate('a', { draining: true }), candidate('b')];
    expect(chooseInstance(all, state({ breakers: { b: open } }))).toBeUndefined();
    expect(chooseInstance([], state())).toBeUndefined();
  });

  it('counts tasks sent since the last beat as load', () => {
    const all = [candidate('a', { load: 0.1 }), candidate('b', { load: 0.2 })];
    expect(chooseInstance(all, state())?.agentId).toBe('a');
    expect(chooseInstance(all, state({ inFlight: { a: 2 } }))?.agentId).toBe('b');
  });

  it('prefers another than the one that failed, and takes that one rather than none', () => {
    const all = [candidate('a'), candidate('b', { load: 1 })];
    expect(chooseInstance(all, state({ failedBefore: ['a'] }))?.agentId).toBe('b');
    expect(chooseInstance(all.slice(0, 1), state({ failedBefore: ['a'] }))?.agentId).toBe('a');
  });

  it('does not depend on the order of the candidates', () => {
    const loads = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(loads, (values) => {
        const all = values.map((load, index) => candidate(`a${String(index)}`, { load }));
        const chosen = chooseInstance(all, state());
        expect(chosen).toEqual(chooseInstance([...all].reverse(), state()));
        expect(chosen?.load).toBe(Math.min(...values));
      }),
    );
  });
});
