import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  judgeRefresh,
  REFRESH_TOKEN_MS,
  SESSION_IDLE_MS,
  sessionState,
} from '../../../../../src/platform/orchestrator/identity/session-policy.ts';

const NOW = 1_000 * REFRESH_TOKEN_MS;
const instant = fc.integer({ min: NOW - 2 * SESSION_IDLE_MS, max: NOW });
const moment = fc.option(instant, { nil: null });

describe('sessionState', () => {
  it('is idle from one hour on', () => {
    const session = { endedAtMs: null, lastUsedAtMs: NOW };
    expect(sessionState(session, NOW + SESSION_IDLE_MS - 1)).toBe('active');
    expect(sessionState(session, NOW + SESSION_IDLE_MS)).toBe('idle');
  });

  it('stays ended for ever', () => {
    fc.assert(
      fc.property(instant, instant, (endedAtMs, lastUsedAtMs) => {
        expect(sessionState({ endedAtMs, lastUsedAtMs }, NOW)).toBe('ended');
      }),
    );
  });
});

describe('judgeRefresh', () => {
  const token = fc.record({
    usedAtMs: moment,
    expiresAtMs: fc.integer({ min: NOW - 10, max: NOW + 10 }),
    session: fc.record({ endedAtMs: moment, lastUsedAtMs: instant }),
  });

  it('rotates only an unused, unexpired token of an active session', () => {
    fc.assert(
      fc.property(token, (facts) => {
        const sound =
          facts.usedAtMs === null && facts.expiresAtMs > NOW && sessionState(facts.session, NOW) === 'active';
        expect(judgeRefresh(facts, NOW) === 'rotate').toBe(sound);
      }),
    );
  });

  it('calls a second use reuse, also of an expired token or an idle session', () => {
    fc.assert(
      fc.property(token, instant, (facts, usedAtMs) => {
        const again = { ...facts, usedAtMs, session: { ...facts.session, endedAtMs: null } };
        expect(judgeRefresh(again, NOW)).toBe('reused');
      }),
    );
  });
});
