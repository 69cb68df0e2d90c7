import { expect, test } from 'vitest';

import type { RunState } from '../../../src/contracts/runs.ts';
import { summaryOf } from '../../../src/contracts/run-summary.ts';
import {
  cancelledRun,
  inconclusiveRun,
  infraErrorRun,
  passedRun,
  rolledBackRun,
} from '../../fixtures/runs.ts';

test('a green run is counted and gives no reason', () => {
  const run = passedRun();
  const gates = run.phases.flatMap((phase) => phase.gates).length;
  expect(summaryOf(run)).toEqual({
    runId: run.runId,
    scenario: 'spot-migration',
    verdict: 'passed',
    startedAt: run.startedAt,
    finishedAt: run.finishedAt,
    phasesPassed: 9,
    phases: 9,
    gatesPassed: gates,
    gates,
    reason: null,
  });
});

const unreached = (): RunState => ({
  ...passedRun(),
  verdict: 'inconclusive',
  phases: passedRun().phases.map((phase) =>
    phase.number === 9 ? { ...phase, status: 'not-reached' as const, verdict: null } : phase,
  ),
});

test.each<[RunState, string]>([
  // A failed gate is the cause, also behind one that could not be judged.
  [rolledBackRun(), 'monitor-execution: optimization-successful: rolled_back, expected completed'],
  [inconclusiveRun(), 'record-initial-state: baseline-quality: nothing'],
  [infraErrorRun(), 'record-initial-state: API_CALL_FAILED: POST /auth/signup did not answer'],
  [cancelledRun(), 'customer-approval: cancelled'],
  [passedRun({ verdict: 'cancelled' }), 'stopped after its last phase'],
  [passedRun({ verdict: 'infra-error', errors: ['clean-up: NOT_FOUND: gone'] }), 'clean-up: NOT_FOUND: gone'],
  [unreached(), 'verify-learning never ran'],
])('a run that is not green says why in one line', (run, reason) => {
  const summary = summaryOf(run);
  expect(summary.verdict).toBe(run.verdict);
  expect(summary.reason).toContain(reason);
  expect(summary.reason).not.toContain('\n');
});

test('a run without a verdict proves nothing', () => {
  expect(summaryOf(passedRun({ verdict: null, finishedAt: null })).verdict).toBe('inconclusive');
});
