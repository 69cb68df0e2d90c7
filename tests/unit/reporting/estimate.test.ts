import { describe, expect, it } from 'vitest';

import { estimateFrom } from '../../../src/reporting/estimate.ts';
import { passedRun, rolledBackRun, runningRun, scenarioInput, SLOW_CANARY } from '../../fixtures/runs.ts';

const past = passedRun({ runId: 'past' });

describe('the estimate of a run', () => {
  it('knows nothing without a past run of the same scenario that passed by itself', () => {
    const useless = [
      rolledBackRun({ runId: 'red' }),
      passedRun({ runId: 'drill', input: scenarioInput({ faults: [SLOW_CANARY] }) }),
      passedRun({ runId: 'manual', input: scenarioInput({ approve: 'manual' }) }),
      passedRun({ runId: 'other', scenario: 'rollback' }),
      passedRun(),
    ];
    expect(estimateFrom([]).remaining(runningRun(1), 0)).toBeNull();
    // The last of them is the very run that is estimated.
    expect(estimateFrom(useless).remaining(runningRun(1), 0)).toBeNull();
  });

  it('adds the rest of this phase, the phases to come and the end', () => {
    const estimate = estimateFrom([past]);
    // 21.8 + 3.6 + 0.7 + 2.3 s of phases and 0.9 s of clean-up, 12 s of them gone.
    expect(estimate.remaining(runningRun(6), 12_000)).toEqual({ leftMs: 17_300, runs: 1 });
    expect(estimate.remaining(runningRun(10), 500)).toEqual({ leftMs: 400, runs: 1 });
  });

  it('begins with the whole of a past run', () => {
    const wholeMs = Date.parse(past.finishedAt ?? '') - Date.parse(past.startedAt);
    expect(estimateFrom([past]).remaining(runningRun(0), 0)?.leftMs).toBe(wholeMs);
  });

  it('takes the middle of several, so that one slow run does not spoil it', () => {
    const slow = {
      ...past,
      runId: 'slow',
      phases: past.phases.map((phase) => ({ ...phase, durationMs: 500_000 })),
    };
    const quick = { ...past, runId: 'quick' };
    expect(estimateFrom([past, slow, quick]).remaining(runningRun(6), 12_000)).toEqual({
      leftMs: 17_300,
      runs: 3,
    });
  });
});
