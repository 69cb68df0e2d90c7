import { describe, expect, it } from 'vitest';

import {
  isPersonsSchedule,
  othersWork,
  runOfEmail,
  type RunningWorkflow,
} from '../../../src/cli/runs/others-work.ts';

const NIGHTLY = 'e2e-suite-nightly-2026-11-28T02:00:00Z';
const workflow = (workflowId: string, change: Partial<RunningWorkflow> = {}): RunningWorkflow => ({
  workflowId,
  rootId: workflowId,
  scheduledBy: null,
  ...change,
});
const scheduled = workflow(NIGHTLY, { scheduledBy: 'nightly' });
const child = workflow('e2e-nightly-2026-11-28t020000z-01', { rootId: NIGHTLY });
const mine = workflow('e2e-20261128-225056-16j7-01', { rootId: 'e2e-suite-20261128-225056-16j7' });

describe('what goes on beside a suite', () => {
  const others = othersWork([scheduled, child, mine]);

  it('is a suite that a schedule started, with its runs and their customers', () => {
    expect(others.isOthersWorkflow(scheduled)).toBe(true);
    expect(others.isOthersWorkflow(child)).toBe(true);
    expect(others.isOthersRun('nightly-2026-11-28t020000z-01')).toBe(true);
    expect(others.isOthersRun(runOfEmail('acme.nightly-2026-11-28t020000z-01@e2e.example'))).toBe(true);
  });

  it('is a demo customer', () => {
    expect(others.isOthersRun('demo')).toBe(true);
    expect(others.isOthersRun(runOfEmail('small-models.demo@e2e.example'))).toBe(true);
  });

  it('is not what the suite itself has started: that stays a leak', () => {
    expect(others.isOthersWorkflow(mine)).toBe(false);
    expect(others.isOthersRun('20261128-225056-16j7-01')).toBe(false);
    expect(others.isOthersRun('demolition')).toBe(false);
    expect(othersWork([mine]).isOthersRun('nightly-2026-11-28t020000z-01')).toBe(false);
    expect(runOfEmail('acme.20261128-225056-16j7-01@e2e.example')).toBe('20261128-225056-16j7-01');
  });

  it("is a person's schedule, and not one that something else has made", () => {
    expect(isPersonsSchedule(['e2eSchedule'])).toBe(true);
    expect(isPersonsSchedule([])).toBe(false);
    expect(isPersonsSchedule(['other'])).toBe(false);
  });
});
