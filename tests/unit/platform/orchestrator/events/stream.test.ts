import { describe, expect, it } from 'vitest';

import type { LiveEvent } from '../../../../../src/contracts/api/events.ts';
import { isGapless } from '../../../../../src/platform/orchestrator/events/stream.ts';

const event = (sequence: number): LiveEvent => ({
  id: `evt_${sequence}`,
  sequence,
  type: 'analysis.started',
  customer_id: 'cus_1',
  at: '2026-01-01T00:00:00.000Z',
  data: {},
});

describe('isGapless', () => {
  it('holds when the events follow the position one by one, or there are none', () => {
    expect(isGapless([event(4), event(5)], 3)).toBe(true);
    expect(isGapless([], 3)).toBe(true);
  });

  it('fails on a gap before, within, or a repetition', () => {
    expect(isGapless([event(5)], 3)).toBe(false);
    expect(isGapless([event(4), event(6)], 3)).toBe(false);
    expect(isGapless([event(4), event(4)], 3)).toBe(false);
  });
});
