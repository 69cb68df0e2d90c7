import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { Cast, draft, inStatus, recommend } from '../support/flow-drafts.ts';
import { FlowRig, type TestCustomer } from '../support/flow-rig.ts';

let rig: FlowRig;
let cast: Cast;
let customer: TestCustomer;
beforeAll(async () => {
  rig = await FlowRig.start();
});
beforeEach(async () => {
  cast = await Cast.start(rig);
  customer = await rig.customer();
});
afterEach(async () => {
  await cast[Symbol.asyncDispose]();
});
afterAll(async () => {
  await rig[Symbol.asyncDispose]();
});

const HOUR_MS = 3_600_000;
const decide = (
  verb: string,
  id: string,
  token: string | null = customer.token,
  reason = 'It saves money.',
) => rig.call('POST', `/recommendations/${id}/${verb}`, token, { reason });
const list = async (query = '') =>
  (await rig.expect(200, 'GET', `/customers/${customer.id}/recommendations${query}`, customer.token)).body;
const opinions = async (id: string, wanted: number) =>
  rig.eventually(`${String(wanted)} opinions`, async () => {
    const { body } = await rig.expect(200, 'GET', `/recommendations/${id}`, customer.token);
    return body.validations.length === wanted ? body : undefined;
  });
const allOpinions = (id: string) => opinions(id, 3);

describe('validation', () => {
  it('asks the three others, keeps the baseline, and shows the result', async () => {
    const id = await recommend(rig, customer);
    await inStatus(rig, id, 'validated');
    const full = await allOpinions(id);
    expect(full).toMatchObject({
      id,
      status: 'validated',
      agent_type: 'cost',
      estimated_savings: 55_418,
      estimated_savings_range: { low: 41_000, high: 55_500 },
      requires_approval: true,
    });
    const application = full.validations.find((item) => item.agent_type === 'application');
    expect(application).toMatchObject({ approved: true, baseline: { mean_score: 0.95, sample_size: 500 } });
    expect((await list()).items).toEqual([full]);
    expect(await rig.events(customer.id)).toEqual(
      expect.arrayContaining([
        'recommendation.created',
        'recommendation.validation',
        'recommendation.validated',
      ]),
    );
  });

  it.each(['performance', 'application', 'resource'] as const)(
    'is stopped by a veto of %s',
    async (agent) => {
      cast.verdicts[agent] = 'veto';
      const id = await recommend(rig, customer);
      await allOpinions(id);
      const answer = await decide('approve', id);
      expect(answer).toMatchObject({ status: 409, body: { code: 'NOT_VALIDATED' } });
      expect(answer.body.detail).toContain(agent);
      expect(await rig.events(customer.id)).toContain('recommendation.vetoed');
      expect(await rig.rows('SELECT 1 FROM optimizations WHERE customer_id = $1', [customer.id])).toEqual([]);
    },
  );

  it('waits for an agent that is away, and goes on when it returns', async () => {
    await cast.agents.performance.crash();
    const id = await recommend(rig, customer);
    await opinions(id, 2);
    expect((await list()).items).toEqual([]);
    expect((await list('?status=pending')).items).toHaveLength(1);
    expect(await decide('approve', id)).toMatchObject({ status: 409, body: { code: 'NOT_VALIDATED' } });
    await cast.agents.performance.restart();
    await inStatus(rig, id, 'validated');
  });

  it('holds back while a veto may still come, but not for an agent that has gone', async () => {
    cast.agents.resource.handle = () => 'hang';
    const id = await recommend(rig, customer);
    await opinions(id, 2);
    expect(await decide('approve', id)).toMatchObject({ status: 409, body: { code: 'NOT_VALIDATED' } });
    await rig.expect(
      204,
      'POST',
      `/orchestrator/agents/${cast.agents.resource.id}/deregister`,
      rig.secrets.agentKey,
      {},
    );
    await inStatus(rig, id, 'validated');
  });

  it('counts an answer whose baseline contradicts itself as malformed', async () => {
    cast.agents.application.handle = () => ({
      type: 'validate',
      validation: {
        verdict: 'approve',
        reasons: ['…'],
        condition: null,
        figures: {},
        baseline: {
          mean_score: 0.5,
          interval: { low: 0.9, high: 1 },
          standard_deviation: 0,
          sample_size: 1,
          source: 'traffic',
          golden_run_id: null,
        },
      },
    });
    const id = await recommend(rig, customer);
    const task = await rig.eventually('the failed task', async () => {
      const [row] = await rig.rows<{ status: string; attempts: number; error: string }>(
        `SELECT status, attempts, error FROM tasks WHERE recommendation_id = $1 AND agent_type = 'application'
         AND status = 'failed'`,
        [id],
      );
      return row;
    });
    expect(task.attempts).toBe(3);
    expect(task.error).toContain('baseline.interval');
    expect(await decide('approve', id)).toMatchObject({ status: 409, body: { code: 'NOT_VALIDATED' } });
  });
});

describe('decisions', () => {
  it('approve once: the second is refused and nothing is queued twice', async () => {
    const id = await recommend(rig, customer);
    await inStatus(rig, id, 'validated');
    const both = await Promise.all([decide('approve', id), decide('approve', id)]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(both.find(({ status }) => status === 409)?.body.code).toBe('ALREADY_DECIDED');
    const rows = await rig.rows<{ decided_by: string; reason: string }>(
      'SELECT decided_by, reason FROM approvals WHERE recommendation_id = $1',
      [id],
    );
    expect(rows).toEqual([
      { decided_by: expect.stringMatching(/^user:/) as string, reason: 'It saves money.' },
    ]);
    expect(await rig.rows('SELECT 1 FROM optimizations WHERE recommendation_id = $1', [id])).toHaveLength(1);
  });

  it('reject keeps the reason and ends it', async () => {
    const id = await recommend(rig, customer);
    await inStatus(rig, id, 'validated');
    expect((await decide('reject', id, customer.token, 'Not before the launch.')).status).toBe(200);
    expect(await decide('approve', id)).toMatchObject({ status: 409, body: { code: 'ALREADY_DECIDED' } });
    expect(await decide('reject', id)).toMatchObject({ status: 409, body: { code: 'ALREADY_DECIDED' } });
    const [row] = await rig.rows('SELECT decision, reason FROM approvals WHERE recommendation_id = $1', [id]);
    expect(row).toEqual({ decision: 'rejected', reason: 'Not before the launch.' });
  });

  it('need a reason', async () => {
    const id = await recommend(rig, customer);
    const answer = await decide('approve', id, customer.token, '  ');
    expect(answer).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } });
    expect(answer.body.detail).toContain('reason');
  });

  it('are the customer’s own', async () => {
    const id = await recommend(rig, customer);
    await inStatus(rig, id, 'validated');
    const stranger = await rig.customer();
    expect((await decide('approve', id, stranger.token)).status).toBe(403);
    expect((await decide('approve', id, null)).status).toBe(401);
    expect((await decide('approve', 'rec_none')).status).toBe(404);
    expect((await rig.call('GET', `/recommendations/${id}`, stranger.token)).status).toBe(403);
    const foreign = `/customers/${customer.id}/recommendations`;
    expect((await rig.call('GET', foreign, stranger.token)).status).toBe(403);
    await inStatus(rig, id, 'validated');
  });

  it('of many are answered one by one', async () => {
    const good = await recommend(rig, customer);
    await inStatus(rig, good, 'validated');
    const stranger = await rig.customer();
    const foreign = await recommend(rig, stranger);
    await inStatus(rig, foreign, 'validated');
    const path = `/customers/${customer.id}/recommendations/bulk-approve`;
    const { body } = await rig.expect(200, 'POST', path, customer.token, {
      recommendation_ids: [good, foreign, good],
      reason: 'All of them.',
    });
    expect(body.results).toMatchObject([
      { recommendation_id: good, status: 'approved' },
      { recommendation_id: foreign, status: 'refused', code: 'NOT_FOUND' },
      { recommendation_id: good, status: 'refused', code: 'ALREADY_DECIDED' },
    ]);
  });

  it('are not asked for when policy needs none', async () => {
    cast.drafts = [
      draft({
        risk_level: 'low',
        forecast: {
          ...draft().forecast,
          savings_usd_per_month: 900,
          low_usd_per_month: 800,
          high_usd_per_month: 950,
        },
      }),
    ];
    const id = await recommend(rig, customer);
    await inStatus(rig, id, 'approved');
    const [row] = await rig.rows('SELECT decided_by FROM approvals WHERE recommendation_id = $1', [id]);
    expect(row).toEqual({ decided_by: 'system:policy' });
  });
});

describe('the life of a recommendation', () => {
  it('ends when nobody decides in time, by risk', async () => {
    cast.drafts = [draft({ risk_level: 'critical' })];
    const id = await recommend(rig, customer);
    await inStatus(rig, id, 'validated');
    rig.clock.advanceWall(4 * HOUR_MS + 1_000);
    // Not swept yet or swept already: late is late.
    expect(await decide('approve', id, await freshToken())).toMatchObject({
      status: 409,
      body: { code: 'ALREADY_DECIDED' },
    });
    await inStatus(rig, id, 'expired');
    expect(await rig.events(customer.id)).toContain('recommendation.expired');
  });

  it('ends when a newer analysis replaces it', async () => {
    const older = await recommend(rig, customer);
    await inStatus(rig, older, 'validated');
    const newer = await recommend(rig, customer);
    await inStatus(rig, older, 'expired');
    await inStatus(rig, newer, 'validated');
  });

  it('is listed by filters and pages', async () => {
    const ids = [];
    for (const deployment of ['a', 'b', 'c']) {
      cast.drafts = [draft({ plan: { ...draft().plan, deployment } })];
      const id = await recommend(rig, customer);
      await inStatus(rig, id, 'validated');
      ids.unshift(id);
    }
    const first = await list('?limit=2');
    const second = await list(`?limit=2&cursor=${String(first.next_cursor)}`);
    const seen = [...first.items, ...second.items].map((item) => item.id);
    expect([seen, second.next_cursor]).toEqual([ids, null]);
    expect((await list('?risk_level=low')).items).toEqual([]);
    expect((await list('?min_savings=50000&agent_type=cost&type=spot_migration')).items).toHaveLength(3);
    const bad = `/customers/${customer.id}/recommendations?cursor=%22`;
    expect((await rig.call('GET', bad, customer.token)).body.detail).toContain('cursor');
  });
});

/** The clock was moved by hours: the access token has expired meanwhile. */
async function freshToken(): Promise<string> {
  return rig.admin();
}
