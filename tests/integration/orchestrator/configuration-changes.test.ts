import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type { EngineConfiguration } from '../../../src/contracts/api/customers.ts';
import type { AgentTask, RecommendationDraft } from '../../../src/contracts/api/orchestration.ts';
import { Cast, draft, inStatus, recommend } from '../support/flow-drafts.ts';
import { FlowRig } from '../support/flow-rig.ts';
import { discover, ENGINE, servedCustomer, type ServedCustomer } from '../support/golden-prompts.ts';

let rig: FlowRig;
let cast: Cast;
let customer: ServedCustomer;
let minute: number;
beforeAll(async () => {
  rig = await FlowRig.start();
});
beforeEach(async () => {
  cast = await Cast.start(rig);
  customer = await servedCustomer(rig);
  minute = 0;
});
afterEach(async () => {
  await cast[Symbol.asyncDispose]();
});
afterAll(async () => {
  await rig[Symbol.asyncDispose]();
});

const BAD = { revision: 'bad' };

/** The runtime reports this configuration so many times. */
async function report(changes: Partial<EngineConfiguration>, times = 1): Promise<void> {
  for (let count = 0; count < times; count += 1) {
    minute += 1;
    await discover(rig, customer.runtime, minute, changes);
  }
}
const triggered = async () =>
  rig.rows<{ trigger: unknown; requested_by: string; status: string }>(
    'SELECT trigger, requested_by, status FROM analyses WHERE customer_id = $1 AND trigger IS NOT NULL ORDER BY created_at',
    [customer.id],
  );
const changesTold = async () =>
  (await rig.events(customer.id)).filter((type) => type === 'deployment.configuration_changed').length;

function configurationDraft(
  to: Partial<EngineConfiguration>,
  from: Partial<EngineConfiguration> = {},
): RecommendationDraft {
  const plan = {
    kind: 'configuration_change',
    deployment: 'vllm-prod-1',
    provider: 'aws',
    region: 'us-east-1',
    instance_type: 'p4d.24xlarge',
    instance_ids: ['i-1', 'i-2', 'i-3', 'i-4'],
    from: { ...ENGINE, ...from },
    to: { ...ENGINE, ...to },
  } as const;
  return draft({ type: 'kv_cache_optimization', title: 'Tune the engine', plan });
}

/** An optimization that the executor has begun, of the recommendation that the cost agent would draft. */
async function executing(drafted: RecommendationDraft): Promise<string> {
  cast.drafts = [drafted];
  const id = await recommend(rig, customer);
  await inStatus(rig, id, 'validated');
  const approved = await rig.expect(200, 'POST', `/recommendations/${id}/approve`, customer.token, {
    reason: 'It is faster.',
  });
  const optimizationId = approved.body.optimization_id;
  await rig.eventually('a lease', async () => {
    const [row] = await rig.rows('SELECT 1 FROM deployment_leases WHERE optimization_id = $1', [
      optimizationId,
    ]);
    return row;
  });
  await setStatus(optimizationId, 'executing');
  return optimizationId;
}
async function setStatus(optimizationId: string, status: 'executing' | 'completed'): Promise<void> {
  const result =
    status === 'executing'
      ? null
      : { success: true, reason: 'done', original_state_restored: null, differences: [], measured: {} };
  const path = `/internal/optimizations/${optimizationId}/status`;
  const body = { status, result, actual_savings: null };
  await rig.expect(204, 'PUT', path, rig.secrets.serviceKey, body);
}

describe('a configuration that changes', () => {
  it('and stays is told, audited and analysed by the application agent, once', async () => {
    await report(BAD);
    expect(await changesTold()).toBe(0);
    await report(BAD, 3);
    expect(await changesTold()).toBe(1);
    const analyses = await triggered();
    expect(analyses).toHaveLength(1);
    expect(analyses[0]).toMatchObject({
      requested_by: 'service',
      trigger: {
        kind: 'configuration_changed',
        deployment: 'vllm-prod-1',
        from: ENGINE,
        to: { ...ENGINE, ...BAD },
      },
    });
    const task = await rig.eventually('the task', async () =>
      cast.agents.application.tasks.find((one: AgentTask) => one.customer_id === customer.id),
    );
    expect(task).toMatchObject({ type: 'analyze', trigger: { kind: 'configuration_changed' } });
    const audit = await rig.rows(
      "SELECT data FROM audit_log WHERE customer_id = $1 AND action = 'deployment.configuration_changed'",
      [customer.id],
    );
    expect(audit).toMatchObject([{ data: { differences: ['revision main → bad'] } }]);
  });

  it('for one report and back, or not at all, starts nothing', async () => {
    await report(BAD);
    await report({}, 3);
    expect([await changesTold(), await triggered()]).toEqual([0, []]);
  });

  it('again is analysed when the analysis before has ended, and not beside it', async () => {
    cast.agents.application.handle = () => 'hang';
    await report(BAD, 2);
    await report({ revision: 'worse' }, 3);
    expect(await triggered()).toHaveLength(1);
    await rig.rows("UPDATE analyses SET status = 'completed', finished_at = now() WHERE customer_id = $1", [
      customer.id,
    ]);
    await report({ revision: 'worse' });
    expect(await triggered()).toMatchObject([{}, { trigger: { to: { revision: 'worse' } } }]);
  });
});

describe('while an optimization holds the deployment', () => {
  it('what it configures, and what it takes back, is no surprise', async () => {
    const tuned = { scheduler: 'chunked' } as const;
    const optimizationId = await executing(configurationDraft(tuned));
    await report(tuned, 3);
    await report({}, 3);
    await report(tuned, 1);
    await setStatus(optimizationId, 'completed');
    await report(tuned, 3);
    expect([await changesTold(), await triggered()]).toEqual([0, []]);
    await report(BAD, 2);
    expect(await changesTold()).toBe(1);
  });

  it('its last change is no surprise either when it is reported after the end', async () => {
    const tuned = { scheduler: 'chunked' } as const;
    const optimizationId = await executing(configurationDraft(tuned));
    await setStatus(optimizationId, 'completed');
    await report(tuned, 3);
    expect(await triggered()).toEqual([]);
  });

  it('what it did not do waits for its end', async () => {
    const optimizationId = await executing(draft());
    await report(BAD, 3);
    expect(await triggered()).toEqual([]);
    await setStatus(optimizationId, 'completed');
    await report(BAD);
    expect(await triggered()).toHaveLength(1);
    expect(await changesTold()).toBe(1);
  });
});

describe('a quality rollback', () => {
  const rollback = (): RecommendationDraft => ({
    ...configurationDraft({}, BAD),
    type: 'quality_rollback',
    title: 'Roll back',
    forecast: { ...draft().forecast, savings_usd_per_month: 0, low_usd_per_month: 0, high_usd_per_month: 0 },
  });
  const decision = async () => {
    const [row] = await rig.rows<{ decided_by: string; decision: string }>(
      'SELECT decided_by, decision FROM approvals WHERE customer_id = $1',
      [customer.id],
    );
    return row;
  };

  it.each([false, true])(
    'is approved by policy and ordered, also when the customer wants to be asked (%s)',
    async (always) => {
      await rig.expect(200, 'PATCH', `/customers/${customer.id}/preferences`, customer.token, {
        always_require_approval: always,
      });
      cast.draftsOf = { application: [rollback()] };
      await report(BAD, 2);
      const made = await rig.eventually('the decision', decision);
      expect(made).toEqual({ decided_by: 'system:policy', decision: 'approved' });
      const [row] = await rig.rows<{ id: string; requires_approval: boolean }>(
        "SELECT id, requires_approval FROM recommendations WHERE customer_id = $1 AND type = 'quality_rollback'",
        [customer.id],
      );
      expect(row?.requires_approval).toBe(false);
      const [optimization] = await rig.rows<{ id: string }>(
        'SELECT id FROM optimizations WHERE customer_id = $1',
        [customer.id],
      );
      await rig.eventually('the order at the executor', async () =>
        rig.executor.received.find(
          ({ path, body }) =>
            path === '/executions' &&
            (body as { readonly optimization_id: string }).optimization_id === optimization?.id,
        ),
      );
      const audit = await rig.rows(
        "SELECT 1 FROM audit_log WHERE customer_id = $1 AND action = 'recommendation.approved' AND actor = 'system:policy'",
        [customer.id],
      );
      expect(audit).toHaveLength(1);
    },
  );

  it('waits for the performance agent and is stopped by its veto', async () => {
    cast.verdicts.performance = 'veto';
    cast.draftsOf = { application: [rollback()] };
    await report(BAD, 2);
    await rig.eventually('the veto', async () =>
      (await rig.events(customer.id)).find((type) => type === 'recommendation.vetoed'),
    );
    expect(await decision()).toBeUndefined();
    expect(await rig.rows('SELECT 1 FROM optimizations WHERE customer_id = $1', [customer.id])).toEqual([]);
  });
});
