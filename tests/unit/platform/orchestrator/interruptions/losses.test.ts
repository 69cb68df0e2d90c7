import { describe, expect, it } from 'vitest';

import { spotLosses } from '../../../../../src/platform/orchestrator/interruptions/losses.ts';

const before = (changes: object = {}) => ({
  instance_id: 'i-1',
  lifecycle: 'spot' as const,
  state: 'running',
  deployment: 'd',
  interruption_at: null,
  ...changes,
});
const now = (changes: object = {}) => ({
  instance_id: 'i-1',
  state: 'running',
  deployment: 'd',
  interruption_at_ms: null,
  ...changes,
});

describe('a spot node', () => {
  it('is lost when its end is announced, once, and when it has gone', () => {
    const announced = now({ interruption_at_ms: 1 });
    expect(spotLosses([before()], [announced])).toEqual([
      { instanceId: 'i-1', deployment: 'd', kind: 'announced', announcedBefore: false },
    ]);
    expect(spotLosses([before({ interruption_at: new Date(1) })], [announced])).toEqual([]);
    expect(spotLosses([before({ interruption_at: new Date(1) })], [])).toMatchObject([
      { kind: 'gone', announcedBefore: true },
    ]);
    expect(spotLosses([before()], [now({ state: 'shutting-down' })])).toMatchObject([
      { kind: 'gone', announcedBefore: false },
    ]);
  });

  it.each([
    ['it still runs', before(), [now()]],
    ['it was on demand', before({ lifecycle: 'on_demand' }), []],
    ['it was shutting down already', before({ state: 'shutting-down' }), []],
    ['it served no deployment', before({ deployment: null }), []],
  ])('is not lost when %s', (_, earlier, present) => {
    expect(spotLosses([earlier], present)).toEqual([]);
  });
});
