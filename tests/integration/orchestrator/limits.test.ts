import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Problem } from '../../../src/contracts/errors.ts';
import { waitFor } from '../../../src/support/waiting.ts';
import {
  startOrchestrator,
  startStores,
  type Answer,
  type TestAccount,
  type TestOrchestrator,
  type TestStores,
} from '../support/orchestrator.ts';

describe('limits', () => {
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

  const read = (account: TestAccount): Promise<Answer<Problem>> =>
    orchestrator.call('GET', `/customers/${account.customerId}/preferences`, { token: account.token });
  const readMany = async (account: TestAccount, times: number): Promise<readonly number[]> => {
    const statuses: number[] = [];
    for (let count = 0; count < times; count += 1) statuses.push((await read(account)).status);
    return statuses;
  };

  it('refuses request 61 of a free customer with Retry-After; others feel nothing', async () => {
    const [free, other] = [await orchestrator.account('free'), await orchestrator.account('free')];
    const first = await read(free);
    expect([first.headers['ratelimit-limit'], first.headers['ratelimit-remaining']].map(Number)).toEqual([
      60, 59,
    ]);
    expect(new Set(await readMany(free, 59))).toEqual(new Set([200]));
    const refused = await read(free);
    expect([refused.status, refused.body.code]).toEqual([429, 'RATE_LIMITED']);
    expect(refused.headers['content-type']).toContain('application/problem+json');
    const wait = Number(refused.headers['retry-after']);
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(60);
    expect((await read(other)).status).toBe(200);
    expect((await read(await orchestrator.account('pro'))).headers['ratelimit-limit']).toBe('600');
  });

  it('counts all keys and sessions of a customer together', async () => {
    const free = await orchestrator.account('free');
    const made = await orchestrator.call<{ api_key: string }>(
      'POST',
      `/customers/${free.customerId}/api-keys`,
      {
        token: free.token,
        body: { name: 'second door' },
      },
    );
    await readMany(free, 59);
    const byKey = await orchestrator.call('GET', `/customers/${free.customerId}/preferences`, {
      headers: { 'x-api-key': made.body.api_key },
    });
    expect(byKey.status).toBe(429);
  });

  it('limits by its own counter while Redis is away, going on from where it was', async () => {
    const [begun, fresh] = [await orchestrator.account('free'), await orchestrator.account('free')];
    await readMany(begun, 50);
    await stores.kill('redis');
    const during = await readMany(begun, 11);
    const whole = await readMany(fresh, 61);
    await stores.restart('redis');
    expect(during).toEqual([...Array<number>(10).fill(200), 429]);
    expect(whole).toEqual([...Array<number>(60).fill(200), 429]);
    expect((await read(begun)).status).toBe(429);
  });

  it('keeps limiting logins while Redis is away', async () => {
    const { email } = await orchestrator.account();
    await stores.kill('redis');
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 6; attempt += 1) {
      const answer = await orchestrator.call('POST', '/auth/login', { body: { email, password: 'wrong' } });
      statuses.push(answer.status);
    }
    await stores.restart('redis');
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
  });

  it('is not ready while Redis is away, names it, and comes back', async () => {
    const names = async (): Promise<Record<string, boolean>> => {
      const answer = await orchestrator.call<{ dependencies: { name: string; healthy: boolean }[] }>(
        'GET',
        '/health/ready',
      );
      return Object.fromEntries(answer.body.dependencies.map(({ name, healthy }) => [name, healthy]));
    };
    const redisBecomes = (healthy: boolean) =>
      waitFor(
        async () => {
          const observed = await names();
          return observed['redis'] === healthy ? { done: true, value: observed } : { done: false, observed };
        },
        {
          condition: `redis ${healthy ? 'there' : 'away'}`,
          deadlineMs: 10_000,
          intervalMs: 50,
          clock: orchestrator.clock,
        },
      );
    expect(await redisBecomes(true)).toEqual({ postgres: true, redis: true, clickhouse: true });
    await stores.kill('redis');
    expect(await redisBecomes(false)).toEqual({ postgres: true, redis: false, clickhouse: true });
    expect((await orchestrator.call('GET', '/health')).status).toBe(200);
    expect((await orchestrator.call('GET', '/health/ready')).status).toBe(503);
    await stores.restart('redis');
    await redisBecomes(true);
  });

  it('does a mutation once under one Idempotency-Key, also when both come at once', async () => {
    const account = await orchestrator.account();
    const path = `/customers/${account.customerId}/api-keys`;
    const make = (key: string, name = 'ci') =>
      orchestrator.call<{ api_key: string } & Problem>('POST', path, {
        token: account.token,
        headers: { 'idempotency-key': key },
        body: { name },
      });
    const [first, second] = await Promise.all([make('a'), make('a')]);
    const third = await make('a');
    expect([first.status, second.status, third.status]).toEqual([201, 201, 201]);
    expect(new Set([first, second, third].map(({ body }) => body.api_key)).size).toBe(1);
    expect(third.headers['idempotency-replayed']).toBe('true');
    const rows = await stores.query('SELECT 1 FROM api_keys WHERE customer_id = $1', [account.customerId]);
    expect(rows).toHaveLength(1);
    const mismatch = await make('a', 'other');
    expect([mismatch.status, mismatch.body.code]).toEqual([409, 'IDEMPOTENCY_MISMATCH']);
    const malformed = await make('with space');
    expect([malformed.status, malformed.body.errors?.[0]?.field]).toEqual([400, 'headers.idempotency-key']);
    const [stored] = await stores.query<{ row: string }>(
      'SELECT i::text AS row FROM idempotency_keys i WHERE scope = $1',
      [account.customerId],
    );
    expect(stored!.row).not.toContain(first.body.api_key);
  });

  it('gives two customers with the same Idempotency-Key their own answers', async () => {
    const accounts = [await orchestrator.account(), await orchestrator.account()];
    const answers = await Promise.all(
      accounts.map(({ customerId, token }) =>
        orchestrator.call<{ key_id: string }>('POST', `/customers/${customerId}/api-keys`, {
          token,
          headers: { 'idempotency-key': 'same' },
          body: { name: 'ci' },
        }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([201, 201]);
    expect(answers[0]!.body.key_id).not.toBe(answers[1]!.body.key_id);
  });

  it('refuses bodies over 1 MB, long queries and unknown routes as problems', async () => {
    const { customerId, token } = await orchestrator.account();
    const path = `/customers/${customerId}/preferences`;
    const large = await orchestrator.call<Problem>('PATCH', path, {
      token,
      body: { never_touch_tags: ['x'.repeat(1_100_000)] },
    });
    expect([large.status, large.body.code]).toEqual([413, 'BODY_TOO_LARGE']);
    const long = await orchestrator.call<Problem>('GET', `${path}?q=${'x'.repeat(2_100)}`, { token });
    expect([long.status, long.body.code]).toEqual([414, 'QUERY_TOO_LONG']);
    const none = await orchestrator.call<Problem>('GET', '/nowhere', { token });
    expect([none.status, none.body.code]).toEqual([404, 'NOT_FOUND']);
  });

  it('shows metrics to this machine only and describes itself as OpenAPI 3.1', async () => {
    const metrics = await orchestrator.call<string>('GET', '/metrics');
    expect(metrics.body).toContain('http_request_duration_seconds_count');
    const outside = await orchestrator.call('GET', '/metrics', { from: '198.51.100.9' });
    expect(outside.status).toBe(403);
    const api = await orchestrator.call<{ openapi: string; paths: object }>('GET', '/openapi.json');
    expect(api.body.openapi).toBe('3.1.0');
    expect(Object.keys(api.body.paths)).toEqual(
      expect.arrayContaining(['/auth/login', '/customers/{id}/onboard', '/customers/{id}/audit/verify']),
    );
  });
});
