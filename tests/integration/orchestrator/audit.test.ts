import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { AuditEntry, AuditVerification } from '../../../src/contracts/api/customers.ts';
import type { Page } from '../../../src/contracts/api/common.ts';
import {
  startOrchestrator,
  startStores,
  type TestAccount,
  type TestOrchestrator,
  type TestStores,
} from '../support/orchestrator.ts';

describe('audit', () => {
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

  const verify = async ({ customerId, token }: TestAccount): Promise<AuditVerification> => {
    const answer = await orchestrator.call<AuditVerification>(
      'GET',
      `/customers/${customerId}/audit/verify`,
      {
        token,
      },
    );
    return answer.body;
  };
  /** Customer created, login, and the given number of changes. */
  const accountWithChanges = async (changes: number): Promise<TestAccount> => {
    const account = await orchestrator.account();
    await Promise.all(
      Array.from({ length: changes }, (_, index) =>
        orchestrator.call('PATCH', `/customers/${account.customerId}/preferences`, {
          token: account.token,
          body: { cost_priority: index / 100, never_touch_tags: [`ümlaut ${index} "quoted" \\`] },
        }),
      ),
    );
    return account;
  };

  it('chains concurrent changes without a gap and verifies', async () => {
    const account = await accountWithChanges(20);
    expect(await verify(account)).toEqual({ valid: true, entries: 22, first_broken_sequence: null });
  });

  it('pages entries in order', async () => {
    const { customerId, token } = await accountWithChanges(5);
    const sequences: number[] = [];
    let cursor: string | null = null;
    do {
      const query: string = cursor === null ? '' : `&cursor=${cursor}`;
      const page: { body: Page<AuditEntry> } = await orchestrator.call(
        'GET',
        `/customers/${customerId}/audit?limit=3${query}`,
        { token },
      );
      sequences.push(...page.body.items.map(({ sequence }) => sequence));
      cursor = page.body.next_cursor;
    } while (cursor !== null);
    expect(sequences).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it.each([
    ['a changed actor', `UPDATE audit_log SET actor = 'user:usr_other' WHERE chain = $1 AND sequence = 4`, 4],
    ['changed data', `UPDATE audit_log SET data = '{"from":1}' WHERE chain = $1 AND sequence = 3`, 3],
    ['a moved time', `UPDATE audit_log SET at = at + interval '1 ms' WHERE chain = $1 AND sequence = 5`, 5],
    ['a removed entry', `DELETE FROM audit_log WHERE chain = $1 AND sequence = 4`, 4],
    ['a cut tail', `DELETE FROM audit_log WHERE chain = $1 AND sequence >= 6`, 6],
    ['an emptied chain', `DELETE FROM audit_log WHERE chain = $1`, 1],
  ])('finds %s', async (_name, statement, sequence) => {
    const account = await accountWithChanges(4);
    await stores.query(statement, [account.customerId]);
    expect(await verify(account)).toMatchObject({ valid: false, first_broken_sequence: sequence });
  });

  it('lets the role of the services append only', async () => {
    const { customerId } = await orchestrator.account();
    const scope = { 'optiinfra.customer_id': customerId };
    for (const statement of [
      `UPDATE audit_log SET actor = 'x'`,
      'DELETE FROM audit_log',
      'TRUNCATE audit_log',
    ]) {
      await expect(stores.queryAsApp(statement, scope)).rejects.toThrow(/permission denied/);
    }
    expect(await stores.queryAsApp('SELECT 1 FROM audit_log', scope)).toHaveLength(2);
  });

  it('leaves no entry of a change that was rolled back', async () => {
    const account = await orchestrator.account();
    const before = await verify(account);
    const path = `/customers/${account.customerId}/preferences`;
    const refused = await orchestrator.call('PATCH', path, {
      token: account.token,
      body: { slo: { latency_ms_p99: 1 } },
    });
    expect(refused.status).toBe(400);
    expect(await verify(account)).toEqual(before);
  });
});
