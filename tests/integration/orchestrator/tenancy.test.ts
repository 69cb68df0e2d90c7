import { randomBytes } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { CloudAccess } from '../../../src/contracts/api/orchestration.ts';
import type { Preferences } from '../../../src/contracts/api/customers.ts';
import type { Problem } from '../../../src/contracts/errors.ts';
import { unsealCloudAccess } from '../../../src/platform/orchestrator/customers/credentials.ts';
import { createSealing } from '../../../src/platform/orchestrator/customers/sealing.ts';
import { createDatabase } from '../../../src/platform/orchestrator/database/database.ts';
import {
  startOrchestrator,
  startStores,
  type TestOrchestrator,
  type TestStores,
} from '../support/orchestrator.ts';

const ROLE_ARN = 'arn:aws:iam::123456789012:role/OptiInfraRole';
const AWS = { cloud_provider: 'aws', region: 'us-east-1', iam_role_arn: ROLE_ARN };

describe('tenancy', () => {
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

  it('refuses another customer by every route of a customer and audits it in the chain aimed at', async () => {
    const [mine, other] = [await orchestrator.account(), await orchestrator.account()];
    const spec = await orchestrator.call<{ paths: Record<string, Record<string, unknown>> }>(
      'GET',
      '/openapi.json',
    );
    const bodies: Record<string, unknown> = {
      '/customers/{id}/api-keys': { name: 'x' },
      '/customers/{id}/onboard': AWS,
      '/customers/{id}/preferences': { cost_priority: 1 },
      '/customers/{id}/analyze': { agent_type: 'cost' },
      '/customers/{id}/recommendations/bulk-approve': { recommendation_ids: ['rec_1'], reason: 'x' },
    };
    const queries: Record<string, string> = {
      '/customers/{id}/metrics':
        '?metric_type=monthly_cost&start=2026-01-01T00:00:00Z&end=2026-01-02T00:00:00Z&resolution=3600',
    };
    let tried = 0;
    for (const [path, methods] of Object.entries(spec.body.paths)) {
      if (!path.includes('customers/{id}') || path.startsWith('/internal') || path.startsWith('/ws'))
        continue;
      for (const method of Object.keys(methods)) {
        const url = path.replace('{id}', other.customerId).replace(/\{\w+\}/g, 'key_1');
        const answer = await orchestrator.call<Problem>(
          method.toUpperCase() as 'GET',
          `${url}${queries[path] ?? ''}`,
          {
            token: mine.token,
            ...(bodies[path] === undefined ? {} : { body: bodies[path] }),
          },
        );
        expect([method, path, answer.status]).toEqual([method, path, 403]);
        tried += 1;
      }
    }
    expect(tried).toBeGreaterThanOrEqual(10);
    const denied = await stores.query<{ actor: string }>(
      `SELECT actor FROM audit_log WHERE chain = $1 AND action = 'access.denied'`,
      [other.customerId],
    );
    expect(denied).toHaveLength(tried);
    expect(new Set(denied.map(({ actor }) => actor)).size).toBe(1);
    expect(denied[0]!.actor).toMatch(/^user:usr_/);
  });

  it('does not say whether a foreign id exists, and notes a wrong one in the chain of the caller', async () => {
    const [mine, other] = [await orchestrator.account(), await orchestrator.account()];
    const ask = (id: string) =>
      orchestrator.call<Problem>('GET', `/customers/${id}/preferences`, { token: mine.token });
    const [real, none] = [await ask(other.customerId), await ask('cus_nobody')];
    expect([real.status, none.status, real.body.detail]).toEqual([403, 403, none.body.detail]);
    const noted = await stores.query(
      `SELECT 1 FROM audit_log WHERE chain = $1 AND action = 'access.denied' AND subject = 'cus_nobody'`,
      [mine.customerId],
    );
    expect(noted).toHaveLength(1);
  });

  it('lets the administrator in, audited, and gives 404 for nobody', async () => {
    const [{ customerId }, token] = [await orchestrator.account(), await orchestrator.admin()];
    expect((await orchestrator.call('GET', `/customers/${customerId}/preferences`, { token })).status).toBe(
      200,
    );
    expect((await orchestrator.call('GET', '/customers/cus_nobody/preferences', { token })).status).toBe(404);
    const noted = await stores.query(
      `SELECT 1 FROM audit_log WHERE chain = $1 AND action = 'access.by_admin'`,
      [customerId],
    );
    expect(noted).toHaveLength(1);
  });

  it('keeps administration from owners and service keys from customers', async () => {
    const { token, customerId } = await orchestrator.account();
    expect((await orchestrator.call('GET', '/customers', { token })).status).toBe(403);
    const body = { email: 'a@example.com', company_name: 'A', password: 'long enough 123', plan: 'free' };
    expect((await orchestrator.call('POST', '/customers', { token, body })).status).toBe(403);
    const { agentKey, serviceKey } = stores.environment.secrets;
    for (const key of [agentKey, serviceKey]) {
      const answer = await orchestrator.call('GET', `/customers/${customerId}/preferences`, { token: key });
      expect(answer.status).toBe(403);
    }
  });

  it('pages customers by cursor, each once, and refuses a cursor that is none', async () => {
    const made = await Promise.all([1, 2, 3].map(() => orchestrator.account()));
    const token = await orchestrator.admin();
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: {
        body: { items: { id: string }[]; next_cursor: string | null };
      } = await orchestrator.call('GET', `/customers?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`, {
        token,
      });
      seen.push(...page.body.items.map(({ id }) => id));
      cursor = page.body.next_cursor;
    }
    expect(new Set(seen).size).toBe(seen.length);
    for (const { customerId } of made) expect(seen).toContain(customerId);
    const bad = await orchestrator.call<Problem>('GET', '/customers?cursor=bm90', { token });
    expect([bad.status, bad.body.errors?.[0]?.field]).toEqual([400, 'query.cursor']);
  });

  it('shows nothing of another customer through row-level security, even when no route checks', async () => {
    const [mine, other] = [await orchestrator.account(), await orchestrator.account()];
    await orchestrator.call('POST', `/customers/${other.customerId}/onboard`, {
      token: other.token,
      body: AWS,
    });
    const tables = await stores.query<{ name: string }>(
      `SELECT c.table_name AS name FROM information_schema.columns c
       WHERE c.table_schema = 'public' AND c.column_name = 'customer_id'`,
    );
    expect(tables.length).toBeGreaterThan(20);
    const policies = await stores.query<{ name: string }>(
      `SELECT relname AS name FROM pg_class WHERE relrowsecurity AND relforcerowsecurity`,
    );
    const forced = new Set(policies.map(({ name }) => name));
    expect(tables.filter(({ name }) => !forced.has(name))).toEqual([]);
    const scope = { 'optiinfra.customer_id': mine.customerId };
    for (const { name } of tables) {
      const count = `SELECT count(*)::int AS rows FROM ${name}`;
      const [unscoped] = await stores.queryAsApp<{ rows: number }>(count);
      const [foreign] = await stores.queryAsApp<{ rows: number }>(
        `${count} WHERE customer_id IS DISTINCT FROM '${mine.customerId}'`,
        scope,
      );
      expect([name, unscoped!.rows, foreign!.rows]).toEqual([name, 0, 0]);
    }
    const [witness] = await stores.query<{ rows: number }>(
      'SELECT count(*)::int AS rows FROM credentials WHERE customer_id = $1',
      [other.customerId],
    );
    expect(witness!.rows).toBe(1);
    await expect(
      stores.queryAsApp(
        `INSERT INTO approvals (id, customer_id, recommendation_id, decision, decided_by, reason, at)
         VALUES ('apr_1', '${other.customerId}', 'rec_1', 'approved', 'x', 'x', now())`,
        scope,
      ),
    ).rejects.toThrow(/row-level security/);
  });

  it('does not carry one transaction’s customer into the next on the same connection', async () => {
    const { customerId } = await orchestrator.account();
    const database = createDatabase({ url: stores.postgresUrl, onIdleError: () => undefined });
    const count = (id: string) =>
      database.asCustomer(id, (trx) => trx.selectFrom('preferences').select('customer_id').execute());
    expect(await count(customerId)).toEqual([{ customer_id: customerId }]);
    expect(await count('cus_nobody')).toEqual([]);
    expect(await count('')).toEqual([]);
    await database.close();
  });

  it('takes hostile text as text, in path, query and body', async () => {
    const { customerId, token } = await orchestrator.account();
    const hostile = `'; DROP TABLE customers; --`;
    const statuses = await Promise.all([
      orchestrator.call('GET', `/customers/${encodeURIComponent(hostile)}/preferences`, { token }),
      orchestrator.call('GET', `/customers/${customerId}/audit?cursor=${encodeURIComponent(hostile)}`, {
        token,
      }),
      orchestrator.call('GET', `/customers/${customerId}/audit?limit=${encodeURIComponent('1; SELECT 1')}`, {
        token,
      }),
      orchestrator.call('PATCH', `/customers/${customerId}/preferences`, {
        token,
        body: { cost_priority: hostile },
      }),
      orchestrator.call('POST', '/auth/login', { body: { email: `${hostile}\0`, password: 'x' } }),
    ]);
    expect(statuses.map(({ status }) => status)).toEqual([403, 400, 400, 400, 400]);
    const name = await orchestrator.call('POST', `/customers/${customerId}/api-keys`, {
      token,
      body: { name: hostile },
    });
    expect(name.status).toBe(201);
    const stored = await stores.query<{ name: string }>('SELECT name FROM api_keys WHERE customer_id = $1', [
      customerId,
    ]);
    expect(stored).toEqual([{ name: hostile }]);
    const script = '<script>alert(1)</script>';
    const patched = await orchestrator.call<Preferences>('PATCH', `/customers/${customerId}/preferences`, {
      token,
      body: { never_touch_tags: [script] },
    });
    expect(patched.body.never_touch_tags).toEqual([script]);
    expect(patched.headers['content-security-policy']).toContain("default-src 'none'");
    expect(patched.headers['x-content-type-options']).toBe('nosniff');
    expect(patched.headers['x-frame-options']).toBe('DENY');
    expect(patched.headers['strict-transport-security']).toMatch(/max-age=\d{7,}/);
  });

  it('refuses a bad cloud grant, naming the field', async () => {
    const { customerId, token } = await orchestrator.account();
    const cases: readonly [object, string][] = [
      [{ ...AWS, iam_role_arn: 'arn:aws:iam::12:role/x' }, 'body.iam_role_arn'],
      [{ ...AWS, iam_role_arn: 'arn:aws:iam::123456789012:user/x' }, 'body.iam_role_arn'],
      [{ cloud_provider: 'aws', region: 'us-east-1' }, 'body.iam_role_arn'],
      [{ ...AWS, region: 'mars-north-1x' }, 'body.region'],
      [{ ...AWS, cloud_provider: 'azure' }, 'body.cloud_provider'],
      [{ ...AWS, service_account: 'a@b.iam.gserviceaccount.com' }, 'body.service_account'],
      [{ cloud_provider: 'gcp', region: 'us-central1', service_account: 'someone' }, 'body.service_account'],
      [{ cloud_provider: 'gcp', region: 'us-central1' }, 'body.service_account'],
    ];
    for (const [body, field] of cases) {
      const answer = await orchestrator.call<Problem>('POST', `/customers/${customerId}/onboard`, {
        token,
        body,
      });
      expect([answer.status, answer.body.errors?.[0]?.field]).toEqual([400, field]);
    }
    expect(await stores.query('SELECT 1 FROM credentials WHERE customer_id = $1', [customerId])).toEqual([]);
  });

  it('seals credentials: unreadable at rest, usable unsealed, sealed anew after a rotation', async () => {
    const { customerId, token } = await orchestrator.account();
    const answer = await orchestrator.call('POST', `/customers/${customerId}/onboard`, { token, body: AWS });
    expect([answer.status, answer.body]).toEqual([202, { status: 'started' }]);
    const readRow = async () => {
      const [row] = await stores.query<{ key_id: string; sealed: string; row: string }>(
        'SELECT key_id, sealed, c::text AS row FROM credentials c WHERE customer_id = $1',
        [customerId],
      );
      return row!;
    };
    const before = await readRow();
    expect(before.row).not.toContain('OptiInfraRole');
    const newKey = randomBytes(32).toString('base64');
    const oldKey = stores.environment.secrets.sealingKey;
    {
      await using rotated = await startOrchestrator(stores, { sealingKey: `${newKey},${oldKey}` });
      expect((await rotated.account()).customerId).not.toBe(customerId);
    }
    const after = await readRow();
    expect([after.key_id === before.key_id, after.sealed === before.sealed]).toEqual([false, false]);
    const database = createDatabase({ url: stores.postgresUrl, onIdleError: () => undefined });
    const access = await unsealCloudAccess({ database, sealing: createSealing(newKey) }, customerId);
    expect(access).toEqual<CloudAccess>({
      provider: 'aws',
      region: 'us-east-1',
      iam_role_arn: ROLE_ARN,
      service_account: null,
    });
    await expect(
      unsealCloudAccess({ database, sealing: createSealing(oldKey) }, customerId),
    ).rejects.toMatchObject({ code: 'INTERNAL' });
    await database.close();
    // Back to the first key for the tests that follow.
    await using _restored = await startOrchestrator(stores, { sealingKey: `${oldKey},${newKey}` });
  });

  it('starts a customer with the reference promises and changes only what is sent', async () => {
    const { customerId, token } = await orchestrator.account();
    const path = `/customers/${customerId}/preferences`;
    const { body: first } = await orchestrator.call<Preferences>('GET', path, { token });
    expect(first).toMatchObject({
      minimum_on_demand_share: 0.25,
      slo: { latency_ms_p95: 2000, latency_ms_p95_degraded: 3600, error_rate: 0.001, quality_score: 0.9 },
    });
    const changed = await orchestrator.call<Preferences>('PATCH', path, {
      token,
      body: { slo: { latency_ms_p95: 900 } },
    });
    expect(changed.body).toEqual({ ...first, slo: { ...first.slo, latency_ms_p95: 900 } });
    const contradiction = await orchestrator.call<Problem>('PATCH', path, {
      token,
      body: { slo: { latency_ms_p99: 100 } },
    });
    expect([contradiction.status, contradiction.body.errors?.[0]?.field]).toEqual([
      400,
      'body.slo.latency_ms_p99',
    ]);
    const unknown = await orchestrator.call<Problem>('PATCH', path, { token, body: { colour: 'red' } });
    expect(unknown.status).toBe(400);
  });

  it('gives a one-use agent token, stored as a hash', async () => {
    const { customerId, token } = await orchestrator.account();
    const answer = await orchestrator.call<{ install_command: string; agent_token: string }>(
      'GET',
      `/customers/${customerId}/agent-install-command`,
      { token },
    );
    const { agent_token: agentToken, install_command: command } = answer.body;
    expect(command).toContain(agentToken);
    const connect = () =>
      orchestrator.call('POST', '/agent-runtime/connect', {
        token: agentToken,
        body: { version: '1.0.0', hostname: 'node-1' },
      });
    const first = await connect();
    expect(first.status).toBe(200);
    expect((await connect()).status).toBe(401);
    const rows = await stores.query<{ row: string }>(
      'SELECT t::text AS row FROM agent_tokens t WHERE customer_id = $1',
      [customerId],
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]!.row).not.toContain(agentToken);
    const runtime = await orchestrator.call('GET', `/customers/${customerId}/preferences`, {
      token: String(first.body['runtime_token']),
    });
    expect(runtime.status).toBe(403);
  });
});
