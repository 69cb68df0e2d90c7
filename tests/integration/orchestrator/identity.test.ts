import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { TokenResponse } from '../../../src/contracts/api/customers.ts';
import type { Problem } from '../../../src/contracts/errors.ts';
import {
  startOrchestrator,
  startStores,
  type TestOrchestrator,
  type TestStores,
} from '../support/orchestrator.ts';

const HOUR_MS = 60 * 60_000;
const NOBODY = 'cus_0000000000000000';

describe('identity', () => {
  let stores: TestStores;
  let orchestrator: TestOrchestrator;
  beforeAll(async () => {
    stores = await startStores();
    orchestrator = await startOrchestrator(stores);
  });
  afterAll(async () => {
    await orchestrator[Symbol.asyncDispose]();
    await stores[Symbol.asyncDispose]();
  });

  it('answers 401 without a token on every route of a customer and tells nothing', async () => {
    const { customerId } = await orchestrator.account();
    const routes = [
      ['GET', '/customers'],
      ['GET', `/customers/${customerId}`],
      ['GET', `/customers/${customerId}/preferences`],
      ['GET', `/customers/${customerId}/audit`],
      ['GET', `/customers/${customerId}/audit/verify`],
      ['GET', `/customers/${customerId}/agent-install-command`],
      ['GET', `/customers/${customerId}/infrastructure`],
      ['DELETE', `/customers/${customerId}/api-keys/key_1`],
    ] as const;
    for (const [method, path] of routes) {
      const real = await orchestrator.call<Problem>(method, path);
      expect([path, real.status, real.body.code]).toEqual([path, 401, 'UNAUTHENTICATED']);
      expect(JSON.stringify(real.body)).not.toContain(customerId);
      const other = await orchestrator.call<Problem>(method, path.replace(customerId, NOBODY));
      expect(other.body.detail).toBe(real.body.detail);
    }
  });

  it('refuses tokens that were altered, signed with no algorithm, or are another kind of secret', async () => {
    const { customerId, token, refreshToken } = await orchestrator.account();
    const [, payload, signature] = token.split('.');
    const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
    for (const bad of [
      `${token}x`,
      `${none}.${payload}.`,
      `${none}.${payload}.${signature}`,
      refreshToken,
      'x',
    ]) {
      const answer = await orchestrator.call('GET', `/customers/${customerId}/preferences`, { token: bad });
      expect([bad.slice(0, 12), answer.status]).toEqual([bad.slice(0, 12), 401]);
    }
  });

  it('stores passwords as argon2id only', async () => {
    const account = await orchestrator.account();
    const [user] = await stores.query<{ password_hash: string }>(
      'SELECT password_hash FROM users WHERE email = $1',
      [account.email],
    );
    expect(user!.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    const tables = await stores.query<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'`,
    );
    expect(tables.length).toBeGreaterThan(25);
    for (const { name } of tables) {
      const found = await stores.query(`SELECT 1 FROM "${name}" AS r WHERE r::text LIKE '%' || $1 || '%'`, [
        account.password,
      ]);
      expect([name, found.length]).toEqual([name, 0]);
    }
  });

  it('refuses a taken address whatever its case and a short password, naming the field', async () => {
    const { email } = await orchestrator.account();
    const body = {
      email: email.toUpperCase(),
      company_name: 'Other',
      password: 'long enough 123',
      plan: 'free',
    };
    const taken = await orchestrator.call<Problem>('POST', '/auth/signup', { body });
    expect([taken.status, taken.body.code]).toEqual([409, 'ALREADY_EXISTS']);
    const short = await orchestrator.call<Problem>('POST', '/auth/signup', {
      body: { ...body, email: 'new@example.com', password: 'short' },
    });
    expect([short.status, short.body.errors?.[0]?.field]).toEqual([400, 'body.password']);
  });

  it('answers alike for an unknown address and a wrong password, and audits both', async () => {
    const { email, customerId, token } = await orchestrator.account();
    const password = 'certainly not this one';
    const wrong = await orchestrator.call<Problem>('POST', '/auth/login', { body: { email, password } });
    const unknown = await orchestrator.call<Problem>('POST', '/auth/login', {
      body: { email: 'nobody@example.com', password },
    });
    expect([wrong.status, unknown.status]).toEqual([401, 401]);
    expect(wrong.body.detail).toBe(unknown.body.detail);
    const audit = await orchestrator.call<{ items: { action: string }[] }>(
      'GET',
      `/customers/${customerId}/audit?action=login.failed`,
      { token },
    );
    expect(audit.body.items.map(({ action }) => action)).toEqual(['login.failed']);
    const platform = await stores.query(
      `SELECT 1 FROM audit_log WHERE chain = 'platform' AND action = 'login.failed' AND actor = 'anonymous'`,
    );
    expect(platform).toHaveLength(1);
  });

  it('limits failed logins by address and place; others are not touched', async () => {
    const { email, password } = await orchestrator.account();
    const from = '198.51.100.7';
    const attempt = (guess: string, address: string) =>
      orchestrator.call<Problem>('POST', '/auth/login', { body: { email, password: guess }, from: address });
    for (let failure = 0; failure < 5; failure += 1) {
      expect((await attempt(`guess number ${failure}`, from)).status).toBe(401);
    }
    const limited = await attempt(password, from);
    expect([limited.status, limited.body.code]).toEqual([429, 'RATE_LIMITED']);
    expect(Number(limited.headers['retry-after'])).toBeGreaterThan(800);
    expect((await attempt(password, '198.51.100.8')).status).toBe(200);
  });

  it('does not take many good logins at once for guesses, and a burst of guesses does not slip through', async () => {
    const { email, password } = await orchestrator.account();
    const burst = async (guess: string): Promise<readonly number[]> => {
      const answers = await Promise.all(
        Array.from({ length: 12 }, () =>
          orchestrator.call('POST', '/auth/login', { body: { email, password: guess } }),
        ),
      );
      return answers.map(({ status }) => status).sort();
    };
    expect(await burst(password)).toEqual(Array(12).fill(200));
    expect(await burst('wrong')).toEqual([...Array<number>(5).fill(401), ...Array<number>(7).fill(429)]);
  });

  it('rotates refresh tokens; one that comes twice ends the whole family', async () => {
    const { customerId, refreshToken } = await orchestrator.account();
    const renew = (token: string) =>
      orchestrator.call<TokenResponse>('POST', '/auth/refresh', { body: { refresh_token: token } });
    const first = await renew(refreshToken);
    expect(first.status).toBe(200);
    expect(first.body.refresh_token).not.toBe(refreshToken);
    const path = `/customers/${customerId}/preferences`;
    expect((await orchestrator.call('GET', path, { token: first.body.access_token })).status).toBe(200);
    expect((await renew(refreshToken)).status).toBe(401);
    expect((await renew(first.body.refresh_token)).status).toBe(401);
    expect((await orchestrator.call('GET', path, { token: first.body.access_token })).status).toBe(401);
    const ended = await stores.query(
      `SELECT 1 FROM audit_log WHERE chain = $1 AND action = 'session.ended_by_reuse'`,
      [customerId],
    );
    expect(ended).toHaveLength(1);
  });

  it('lets only one of two refreshes at once through', async () => {
    const { refreshToken } = await orchestrator.account();
    const answers = await Promise.all(
      [1, 2].map(() => orchestrator.call('POST', '/auth/refresh', { body: { refresh_token: refreshToken } })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
  });

  it('ends the session at logout, with access and refresh token', async () => {
    const { customerId, token, refreshToken } = await orchestrator.account();
    const out = await orchestrator.call('POST', '/auth/logout', {
      token,
      body: { refresh_token: refreshToken },
    });
    expect(out.status).toBe(204);
    expect((await orchestrator.call('GET', `/customers/${customerId}/preferences`, { token })).status).toBe(
      401,
    );
    const again = await orchestrator.call('POST', '/auth/refresh', { body: { refresh_token: refreshToken } });
    expect(again.status).toBe(401);
    expect((await orchestrator.call('POST', '/auth/logout')).status).toBe(401);
  });

  it('ends access tokens after 15 minutes and sessions idle for an hour', async () => {
    await using later = await startOrchestrator(stores);
    const { customerId, token, refreshToken } = await later.account();
    const path = `/customers/${customerId}/preferences`;
    later.clock.advanceWall(HOUR_MS / 4 + 1_000);
    expect((await later.call('GET', path, { token })).status).toBe(401);
    const renewed = await later.call<TokenResponse>('POST', '/auth/refresh', {
      body: { refresh_token: refreshToken },
    });
    expect(renewed.status).toBe(200);
    later.clock.advanceWall(HOUR_MS);
    const idle = await later.call('POST', '/auth/refresh', {
      body: { refresh_token: renewed.body.refresh_token },
    });
    expect(idle.status).toBe(401);
    const [session] = await stores.query<{ end_reason: string }>(
      'SELECT end_reason FROM sessions WHERE customer_id = $1',
      [customerId],
    );
    expect(session!.end_reason).toBe('idle');
  });

  it('takes an API key in its header until it is revoked or has expired, and shows it once', async () => {
    await using later = await startOrchestrator(stores);
    const { customerId, token } = await later.account();
    const keys = `/customers/${customerId}/api-keys`;
    const make = (name: string) =>
      later.call<{ key_id: string; api_key: string }>('POST', keys, {
        token,
        body: { name, expires_in_days: 1 },
      });
    const [first, second] = [await make('first'), await make('second')];
    expect(first.status).toBe(201);
    const use = async (key: string) =>
      (await later.call('GET', `/customers/${customerId}/preferences`, { headers: { 'x-api-key': key } }))
        .status;
    expect([await use(first.body.api_key), await use(second.body.api_key)]).toEqual([200, 200]);
    expect(await use(`${first.body.api_key}x`)).toBe(401);
    const stored = await stores.query<{ row: string }>(
      'SELECT k::text AS row FROM api_keys k WHERE id = $1',
      [first.body.key_id],
    );
    expect(stored[0]!.row).not.toContain(first.body.api_key);
    const byKey = await later.call('POST', keys, {
      headers: { 'x-api-key': first.body.api_key },
      body: { name: 'child' },
    });
    expect(byKey.status).toBe(403);
    expect((await later.call('DELETE', `${keys}/${first.body.key_id}`, { token })).status).toBe(204);
    expect((await later.call('DELETE', `${keys}/${first.body.key_id}`, { token })).status).toBe(404);
    expect(await use(first.body.api_key)).toBe(401);
    later.clock.advanceWall(25 * HOUR_MS);
    expect(await use(second.body.api_key)).toBe(401);
  });

  it('follows a changed administrator password at the next start', async () => {
    const { adminEmail } = stores.environment.secrets;
    const administrator = { email: adminEmail, password: 'a wholly new password' };
    await using changed = await startOrchestrator(stores, { administrator });
    const login = await changed.call<TokenResponse>('POST', '/auth/login', { body: administrator });
    expect([login.status, login.body.role, login.body.customer_id]).toEqual([200, 'admin', null]);
    const list = await changed.call('GET', '/customers', { token: login.body.access_token });
    expect(list.status).toBe(200);
  });
});
