import { randomBytes } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import {
  ACCESS_TOKEN_SECONDS,
  createAccessTokens,
} from '../../../../../src/platform/orchestrator/identity/access-tokens.ts';
import { anchorNow, createClock } from '../../../../../src/support/clock.ts';

const key = (): string => randomBytes(32).toString('base64');
const claims = { userId: 'usr_1', sessionId: 'ses_1' };

describe('access tokens', () => {
  const base = createClock(anchorNow(1));
  const startMs = base.wallMs();
  const at = (offsetSeconds: number) => ({ ...base, wallMs: () => startMs + offsetSeconds * 1000 });

  it('gives back what was issued, for 15 minutes', async () => {
    const shared = key();
    const token = await createAccessTokens({ key: shared, clock: at(0) }).issue(claims);
    const after = (seconds: number) => createAccessTokens({ key: shared, clock: at(seconds) }).verify(token);
    expect(await after(ACCESS_TOKEN_SECONDS - 2)).toEqual(claims);
    expect(await after(ACCESS_TOKEN_SECONDS + 1)).toBeUndefined();
  });

  it('refuses the token of another key and text that is no token', async () => {
    const tokens = createAccessTokens({ key: key(), clock: at(0) });
    const foreign = await createAccessTokens({ key: key(), clock: at(0) }).issue(claims);
    expect(await tokens.verify(foreign)).toBeUndefined();
    expect(await tokens.verify('not.a.token')).toBeUndefined();
  });

  it('does not start with a short key, naming the variable', () => {
    const short = Buffer.from('short').toString('base64');
    expect(() => createAccessTokens({ key: short, clock: base })).toThrow(/OPTIINFRA_TOKEN_KEY/);
  });
});
