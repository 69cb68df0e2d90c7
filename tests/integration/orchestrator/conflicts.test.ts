import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import type {
  AgentTask,
  ConflictResolution,
  ExecuteResolutionResponse,
  RecommendationDraft,
} from '../../../src/contracts/api/orchestration.ts';
import type { ConfigurationPlan, MigrationPlan } from '../../../src/contracts/api/recommendations.ts';
import { instance, inventory, NODES, START_MS } from '../support/flow-data.ts';
import { Cast, draft, handedOut, inStatus, recommend, report } from '../support/flow-drafts.ts';
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

const CONFIGURATION = inventory(START_MS, [instance('i-1')]).deployments[0]!.engine_configuration;
const CHANGE: ConfigurationPlan = {
  kind: 'configuration_change',
  deployment: 'vllm-prod-1',
  provider: 'aws',
  region: 'us-east-1',
  instance_type: 'p4d.24xlarge',
  instance_ids: [...NODES],
  from: CONFIGURATION,
  to: { ...CONFIGURATION, kv_allocation: 'paged' },
};
const MIGRATION = draft().plan as MigrationPlan;
const tuning = (): RecommendationDraft =>
  draft({
    type: 'kv_cache_optimization',
    title: 'Page the KV cache',
    plan: CHANGE,
    forecast: { ...draft().forecast, savings_usd_per_month: 0, low_usd_per_month: 0, high_usd_per_month: 0 },
  });
const sizing = (): RecommendationDraft =>
  draft({
    type: 'rightsizing',
    title: 'Two nodes are enough',
    plan: {
      kind: 'scale_in',
      deployment: 'vllm-prod-1',
      provider: 'aws',
      region: 'us-east-1',
      instance_type: 'p4d.24xlarge',
      reason: 'over_provisioned',
      retire_instance_ids: ['i-3', 'i-4'],
      keep_instance_ids: ['i-1', 'i-2'],
    },
  });

type Offers = Readonly<Record<'cost' | 'performance' | 'resource', string>>;

/** What the three agents want of the same deployment, validated. */
async function threeOffers(): Promise<Offers> {
  cast.draftsOf = { performance: [tuning()], resource: [sizing()] };
  const offers = {
    cost: await recommend(rig, customer),
    performance: await recommend(rig, customer, 'performance'),
    resource: await recommend(rig, customer, 'resource'),
  };
  for (const id of Object.values(offers)) await inStatus(rig, id, 'validated');
  return offers;
}

const resolveRaw = (ids: readonly string[], token: string | null = customer.token) =>
  rig.call('POST', '/orchestrator/resolve-conflict', token, {
    customer_id: customer.id,
    recommendation_ids: ids,
  });
async function resolve(ids: readonly string[]): Promise<ConflictResolution> {
  const answer = await resolveRaw(ids);
  expect(answer.status).toBe(200);
  return answer.body as unknown as ConflictResolution;
}
const executeRaw = (resolutionId: string, token: string | null = customer.token) =>
  rig.call('POST', '/orchestrator/execute-resolution', token, {
    customer_id: customer.id,
    resolution_id: resolutionId,
    reason: 'As proposed.',
  });
async function execute(resolutionId: string): Promise<ExecuteResolutionResponse> {
  const answer = await executeRaw(resolutionId);
  expect(answer.body).toMatchObject({ resolution_id: resolutionId });
  return answer.body as unknown as ExecuteResolutionResponse;
}
const prefer = (preferences: object) =>
  rig.expect(200, 'PATCH', `/customers/${customer.id}/preferences`, customer.token, preferences);
const recommendationOf = async (optimizationId: string) => {
  const [row] = await rig.rows<{ recommendation_id: string }>(
    'SELECT recommendation_id FROM optimizations WHERE id = $1',
    [optimizationId],
  );
  return row?.recommendation_id;
};
const negotiations = () => cast.agents.performance.tasks.filter(({ type }) => type === 'negotiate');

describe('a conflict of three', () => {
  it('goes to whom the customer prefers; losers keep their reasons; all four agents are told', async () => {
    const offers = await threeOffers();
    await prefer({ cost_priority: 0.9 });
    const resolution = await resolve(Object.values(offers));
    expect(resolution).toMatchObject({
      conflict_detected: true,
      resolution_strategy: 'prioritize_customer',
      chosen_recommendation: offers.cost,
      hybrid_solution: null,
      execution_order: null,
    });
    expect(resolution.conflicts.map(({ kind }) => kind)).toContain('contradictory_action');
    expect(negotiations()).toEqual([]);
    const executed = await execute(resolution.resolution_id);
    expect(executed.optimization_ids).toEqual([executed.optimization_id]);
    expect(await recommendationOf(executed.optimization_id)).toBe(offers.cost);
    for (const loser of [offers.performance, offers.resource]) {
      const [row] = await rig.rows<{ decision: string; reason: string }>(
        'SELECT decision, reason FROM approvals WHERE recommendation_id = $1',
        [loser],
      );
      expect(row?.decision).toBe('rejected');
      expect(row?.reason).toContain(`${offers.cost} (cost) goes before it`);
    }
    const path = `/orchestrator/resolutions/${resolution.resolution_id}`;
    await rig.eventually('four acknowledgements', async () => {
      const { body } = await rig.expect(200, 'GET', path, customer.token);
      const told = (body as unknown as { acknowledged_by: readonly string[] }).acknowledged_by;
      return told.length === 4 ? true : undefined;
    });
    const told = cast.agents.resource.tasks.find(({ type }) => type === 'resolution_executed') as Extract<
      AgentTask,
      { type: 'resolution_executed' }
    >;
    expect(told.optimization_ids).toEqual(executed.optimization_ids);
    const events = await rig.events(customer.id);
    for (const type of ['conflict.detected', 'conflict.resolved', 'resolution_executed']) {
      expect(events).toContain(type);
    }
    expect(await executeRaw(resolution.resolution_id)).toMatchObject({
      status: 409,
      body: { code: 'ALREADY_DECIDED' },
    });
  });

  it('goes to performance by default, and the reasons say that no preference was stated', async () => {
    const offers = await threeOffers();
    const resolution = await resolve(Object.values(offers));
    expect(resolution.chosen_recommendation).toBe(offers.performance);
    expect(resolution.reasons.join(' ')).toContain('no preference');
    expect(resolution.reasons.join(' ')).toContain('No hybrid holds.');
    expect(negotiations()).toHaveLength(1);
  });

  it('becomes a hybrid that the others validate before it can be executed', async () => {
    const offers = await threeOffers();
    cast.negotiation = {
      type: 'negotiate',
      hybrid: {
        plan: {
          kind: 'hybrid',
          deployment: 'vllm-prod-1',
          provider: 'aws',
          region: 'us-east-1',
          instance_type: 'p4d.24xlarge',
          parts: [CHANGE, MIGRATION],
          recommendation_ids: [offers.cost, offers.performance],
        },
        forecast: draft().forecast,
        confidence: 0.9,
        risk_level: 'low',
        reasons: ['Tuned nodes carry more.'],
      },
      reasons: ['Both fit.'],
    };
    const usual = cast.agents.application.handle;
    let speak: () => void = () => undefined;
    const allowed = new Promise<void>((resolve) => (speak = resolve));
    cast.agents.application.handle = (task) => allowed.then(() => usual(task));
    const resolution = await resolve(Object.values(offers));
    expect(resolution).toMatchObject({
      resolution_strategy: 'negotiate_hybrid',
      chosen_recommendation: null,
      hybrid_solution: { plan: { parts: [CHANGE, MIGRATION] } },
    });
    const hybrid = resolution.hybrid_recommendation_id!;
    const early = await executeRaw(resolution.resolution_id);
    expect(early).toMatchObject({ status: 409, body: { code: 'NOT_VALIDATED' } });
    expect(early.body.detail).toContain(hybrid);
    expect(await rig.rows('SELECT 1 FROM approvals WHERE customer_id = $1', [customer.id])).toEqual([]);
    speak();
    await inStatus(rig, hybrid, 'validated');
    const executed = await execute(resolution.resolution_id);
    expect(await recommendationOf(executed.optimization_id)).toBe(hybrid);
    const view = await rig.expect(200, 'GET', `/optimizations/${executed.optimization_id}`, customer.token);
    expect(view.body.execution_steps).toHaveLength(13);
    for (const id of Object.values(offers)) await inStatus(rig, id, 'rejected');
  });

  it('does not wait for a performance agent that answers nonsense or is not there', async () => {
    const offers = await threeOffers();
    cast.negotiation = {
      type: 'negotiate',
      hybrid: {
        plan: {
          kind: 'hybrid',
          deployment: 'vllm-prod-1',
          provider: 'aws',
          region: 'us-east-1',
          instance_type: 'p4d.24xlarge',
          parts: [CHANGE, MIGRATION],
          recommendation_ids: [offers.cost, 'rec_of_somebody_else'],
        },
        forecast: draft().forecast,
        confidence: 0.9,
        risk_level: 'low',
        reasons: ['…'],
      },
      reasons: ['…'],
    };
    const nonsense = await resolve([offers.cost, offers.resource]);
    expect(nonsense.resolution_strategy).toBe('prioritize_customer');
    expect(nonsense.reasons.join(' ')).toContain('rec_of_somebody_else');
    const path = `/orchestrator/agents/${cast.agents.performance.id}/deregister`;
    await rig.expect(204, 'POST', path, rig.secrets.agentKey, {});
    const alone = await resolve([offers.cost, offers.resource]);
    expect(alone.reasons.join(' ')).toContain('No performance agent');
  });
});

describe('sequential execution', () => {
  it('carries out on one deployment one after another, elsewhere at once', async () => {
    const { cost, performance } = await threeOffers();
    cast.drafts = [
      draft({
        plan: { ...MIGRATION, deployment: 'b', replace_instance_ids: ['b-1'], keep_instance_ids: [] },
      }),
    ];
    const elsewhere = await recommend(rig, customer);
    await inStatus(rig, elsewhere, 'validated');
    const resolution = await resolve([cost, performance, elsewhere]);
    expect(resolution.resolution_strategy).toBe('sequential_execution');
    expect(resolution.execution_order).toEqual([[performance, elsewhere], [cost]]);
    const executed = await execute(resolution.resolution_id);
    const ofRecommendation = new Map<string | undefined, string>();
    for (const id of executed.optimization_ids) ofRecommendation.set(await recommendationOf(id), id);
    const first = ofRecommendation.get(performance)!;
    const last = ofRecommendation.get(cost)!;
    expect(executed.optimization_id).toBe(first);
    await handedOut(rig, first);
    await handedOut(rig, ofRecommendation.get(elsewhere)!);
    await report(rig, first, 'executing');
    expect((await rig.expect(200, 'GET', `/optimizations/${last}`, customer.token)).body.status).toBe(
      'queued',
    );
    await report(rig, first, 'completed');
    expect((await handedOut(rig, last)).lease.fencing_token).toBe(2);
  });

  it('is one group without conflict', async () => {
    const one = await recommend(rig, customer);
    cast.drafts = [
      draft({
        plan: { ...MIGRATION, deployment: 'b', replace_instance_ids: ['b-1'], keep_instance_ids: [] },
      }),
    ];
    const two = await recommend(rig, customer);
    const resolution = await resolve([one, two]);
    expect(resolution).toMatchObject({ conflict_detected: false, conflicts: [], rejected: [] });
    expect(resolution.execution_order?.map((group) => [...group].sort())).toEqual([[one, two].sort()]);
    expect(await rig.events(customer.id)).not.toContain('conflict.detected');
  });
});

describe('a resolution', () => {
  it('is refused to strangers, for what is decided or unknown, and for a single one', async () => {
    const { cost, performance } = await threeOffers();
    const stranger = await rig.customer();
    expect((await resolveRaw([cost, performance], stranger.token)).status).toBe(403);
    expect((await resolveRaw([cost, performance], null)).status).toBe(401);
    expect((await resolveRaw([cost, 'rec_none'])).status).toBe(404);
    expect((await resolveRaw([cost])).status).toBe(400);
    expect((await resolveRaw([cost, cost])).status).toBe(400);
    const foreign = await recommend(rig, stranger);
    expect((await resolveRaw([cost, foreign])).status).toBe(404);
    const { resolution_id } = await resolve([cost, performance]);
    expect((await executeRaw(resolution_id, stranger.token)).status).toBe(403);
    expect((await rig.call('GET', `/orchestrator/resolutions/${resolution_id}`, stranger.token)).status).toBe(
      403,
    );
    expect((await executeRaw('res_none')).status).toBe(404);
    await rig.expect(200, 'POST', `/recommendations/${cost}/reject`, customer.token, { reason: 'No.' });
    expect(await resolveRaw([cost, performance])).toMatchObject({
      status: 409,
      body: { code: 'ALREADY_DECIDED' },
    });
    expect(await executeRaw(resolution_id)).toMatchObject({ status: 409, body: { code: 'ALREADY_DECIDED' } });
    await inStatus(rig, performance, 'validated');
  });

  it('of nothing but vetoed proposals is refused', async () => {
    cast.verdicts.application = 'veto';
    cast.draftsOf = { performance: [tuning()] };
    const ids = [await recommend(rig, customer), await recommend(rig, customer, 'performance')];
    await rig.eventually('two vetoes', async () => {
      const rows = await rig.rows('SELECT 1 FROM recommendations WHERE customer_id = $1 AND vetoed', [
        customer.id,
      ]);
      return rows.length === 2 ? true : undefined;
    });
    const refused = await resolveRaw(ids);
    expect(refused).toMatchObject({ status: 409, body: { code: 'INVALID_STATE' } });
    expect(refused.body.detail).toContain('vetoed by application');
  });
});

describe('the description of the API', () => {
  it('holds the routes of conflicts and says what they refuse', async () => {
    const { body } = await rig.expect(200, 'GET', '/openapi.json', null);
    const { paths } = body as unknown as {
      paths: Record<string, Partial<Record<'post' | 'put', { description: string }>>>;
    };
    expect(paths['/orchestrator/execute-resolution']?.post?.description).toContain('NOT_VALIDATED');
    expect(paths['/recommendations/{id}/dependencies']?.put?.description).toContain('DEPENDENCY_CYCLE');
    expect(paths).toHaveProperty(['/orchestrator/resolve-conflict']);
  });
});

describe('a new analysis', () => {
  it('does not repeat what is under way, what is done, or what rests on nodes that are gone', async () => {
    const { cost, performance } = await threeOffers();
    await prefer({ performance_priority: 0.9 });
    const { resolution_id } = await resolve([cost, performance]);
    const { optimization_id } = await execute(resolution_id);
    const analyse = async (agentType: string) => {
      const path = `/customers/${customer.id}/analyze`;
      const { body } = await rig.expect(202, 'POST', path, customer.token, { agent_type: agentType });
      return rig.eventually('the analysis', async () => {
        const [row] = await rig.rows<{ findings: readonly string[] }>(
          `SELECT findings FROM analyses WHERE id = $1 AND status = 'completed'`,
          [body.analysis_id],
        );
        return row?.findings.join(' ');
      });
    };
    expect(await analyse('performance')).toContain(`${performance} is being carried out`);
    await handedOut(rig, optimization_id);
    await report(rig, optimization_id, 'executing');
    await report(rig, optimization_id, 'completed');
    const runtime = await rig.connectRuntime(customer);
    const fleet = inventory(
      START_MS,
      NODES.map((node) => instance(node)),
    );
    const [deployment] = fleet.deployments;
    await rig.expect(200, 'POST', '/agent-runtime/discover', runtime, {
      ...fleet,
      deployments: [{ ...deployment, engine_configuration: CHANGE.to }],
    });
    expect(await analyse('performance')).toContain('runs with this configuration already');
    await rig.expect(200, 'POST', '/agent-runtime/discover', runtime, {
      ...inventory(START_MS + 1_000, [instance('i-1'), instance('i-2')]),
    });
    expect(await analyse('resource')).toContain('which it counts on, is gone');
  });
});
