import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type { GoldenBaseline, QualityComparisonReport } from '../../../src/contracts/api/orchestration.ts';
import { FlowRig } from '../support/flow-rig.ts';
import {
  answeredRun,
  baselineOf,
  ENGINE,
  goldenAnswers,
  order,
  post,
  servedCustomer,
  type ServedCustomer,
} from '../support/golden-prompts.ts';

let rig: FlowRig;
let customer: ServedCustomer;
beforeAll(async () => {
  rig = await FlowRig.start();
});
beforeEach(async () => {
  customer = await servedCustomer(rig);
});
afterAll(async () => {
  await rig[Symbol.asyncDispose]();
});

const record = (body: unknown, customerId = customer.id, key: string | null = rig.secrets.agentKey) =>
  rig.call('POST', `/internal/customers/${customerId}/baselines`, key, body);
const newest = (deployment = 'vllm-prod-1', key: string | null = rig.secrets.agentKey) =>
  rig.call('GET', `/internal/customers/${customer.id}/baselines?deployment=${deployment}`, key);
const idOf = (body: unknown): string => (body as { readonly id: string }).id;
const eventsOf = async (type: string) =>
  rig.rows<{ data: Record<string, unknown> }>(
    'SELECT data FROM outbox WHERE customer_id = $1 AND type = $2 ORDER BY sequence',
    [customer.id, type],
  );

describe('a golden baseline', () => {
  it('is recorded once, told, audited, and found with the answers of its run', async () => {
    expect((await newest()).status).toBe(404);
    const run = await answeredRun(rig, customer);
    const first = await record(baselineOf(run));
    expect(first).toMatchObject({ status: 201, body: { sample_size: 4, golden_run_id: run } });
    const again = await record(baselineOf(run));
    expect(again.body).toEqual(first.body);
    expect((await newest()).body as unknown as GoldenBaseline).toEqual({
      baseline: first.body,
      engine_configuration: ENGINE,
      answers: goldenAnswers(4),
    });
    const events = await eventsOf('quality.baseline_recorded');
    expect(events).toHaveLength(1);
    expect(events[0]?.data).toMatchObject({ baseline_id: idOf(first.body), deployment: 'vllm-prod-1' });
    const audit = await rig.rows(
      "SELECT 1 FROM audit_log WHERE customer_id = $1 AND action = 'quality.baseline_recorded'",
      [customer.id],
    );
    expect(audit).toHaveLength(1);
  });

  it('is the newest one of its deployment', async () => {
    await record(baselineOf(await answeredRun(rig, customer)));
    const later = await record(baselineOf(await answeredRun(rig, customer)));
    expect(((await newest()).body as unknown as GoldenBaseline).baseline.id).toBe(idOf(later.body));
    expect((await newest('other')).status).toBe(404);
  });

  it('must be what the answers say, of this deployment, with the configuration that answered', async () => {
    const run = await answeredRun(rig, customer);
    const refused = async (body: unknown) => {
      const answer = await record(body);
      expect(answer).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED' } });
      return answer.body.detail;
    };
    expect(await refused(baselineOf(run, { mean_score: 0.96 }))).toContain('mean_score');
    expect(await refused(baselineOf(run, { sample_size: 200 }))).toContain('sample_size');
    expect(await refused(baselineOf(run, { interval: { low: 0.96, high: 0.98 } }))).toContain('interval');
    expect(await refused(baselineOf(run, { source: 'traffic' }))).toContain('source');
    expect(await refused({ ...baselineOf(run), deployment: 'other' })).toContain('golden_run_id');
    const next = { ...ENGINE, revision: 'next' };
    expect(await refused({ ...baselineOf(run), engine_configuration: next })).toContain(
      'engine_configuration',
    );
    expect((await newest()).status).toBe(404);
  });

  it('needs a run that is complete and the customer’s own', async () => {
    const { golden_run_id } = await order(rig, customer.id);
    expect(await record(baselineOf(golden_run_id))).toMatchObject({
      status: 409,
      body: { code: 'INVALID_STATE' },
    });
    await post(rig, customer.runtime, {
      golden_run_id,
      answers: goldenAnswers(3),
      problem: 'one is missing',
    });
    expect((await record(baselineOf(golden_run_id, { sample_size: 3 }))).status).toBe(409);
    const other = await servedCustomer(rig);
    const foreign = await answeredRun(rig, other);
    expect((await record(baselineOf(foreign))).status).toBe(404);
    expect((await record(baselineOf('gld_nothing'))).status).toBe(404);
  });

  it('is the business of agents alone', async () => {
    const run = await answeredRun(rig, customer);
    for (const key of [null, customer.token, customer.runtime, rig.secrets.serviceKey]) {
      const wanted = key === null ? 401 : 403;
      expect((await record(baselineOf(run), customer.id, key)).status).toBe(wanted);
      expect((await newest('vllm-prod-1', key)).status).toBe(wanted);
    }
  });
});

describe('a comparison', () => {
  async function compare(
    changes: Partial<QualityComparisonReport> = {},
    customerId = customer.id,
    key: string | null = rig.secrets.agentKey,
  ) {
    const baseline = await record(baselineOf(await answeredRun(rig, customer)));
    const report: QualityComparisonReport = {
      deployment: 'vllm-prod-1',
      baseline_id: idOf(baseline.body),
      golden_run_id: await answeredRun(rig, customer, 0.85),
      verdict: 'regression',
      pairs: 200,
      baseline_mean: 0.95,
      present_mean: 0.85,
      quality_drop: 0.105,
      quality_drop_lower: 0.09,
      quality_drop_upper: 0.12,
      ...changes,
    };
    const path = `/internal/customers/${customerId}/quality-comparisons`;
    return { report, send: () => rig.call('POST', path, key, report) };
  }

  it('that finds a regression is told once, however often it is reported', async () => {
    const { report, send } = await compare();
    expect((await send()).status).toBe(204);
    expect((await send()).status).toBe(204);
    const events = await eventsOf('quality.regression_found');
    expect(events.map(({ data }) => data)).toEqual([report]);
    const audit = await rig.rows(
      "SELECT 1 FROM audit_log WHERE customer_id = $1 AND action = 'quality.regression'",
      [customer.id],
    );
    expect(audit).toHaveLength(1);
  });

  it.each(['kept', 'inconclusive'] as const)('that is %s raises no alarm', async (verdict) => {
    const { send } = await compare({ verdict });
    expect((await send()).status).toBe(204);
    expect(await eventsOf('quality.regression_found')).toEqual([]);
    const rows = await rig.rows('SELECT verdict FROM quality_comparisons WHERE customer_id = $1', [
      customer.id,
    ]);
    expect(rows).toEqual([{ verdict }]);
  });

  it('without bounds, of other runs or by other keys is refused', async () => {
    const unproven = await compare({ quality_drop_lower: null });
    expect((await unproven.send()).status).toBe(400);
    const unsure = await compare({ quality_drop_lower: -0.01 });
    expect((await unsure.send()).status).toBe(400);
    const unknown = await compare({ baseline_id: 'qbl_nothing' });
    expect((await unknown.send()).status).toBe(404);
    const elsewhere = await compare({ deployment: 'other' });
    expect((await elsewhere.send()).status).toBe(404);
    const other = await servedCustomer(rig);
    expect((await (await compare({}, other.id)).send()).status).toBe(404);
    expect((await (await compare({}, customer.id, customer.token)).send()).status).toBe(403);
    expect(await eventsOf('quality.regression_found')).toEqual([]);
  });
});
