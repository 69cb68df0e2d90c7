import { describe, expect, it } from 'vitest';

import type { Problem } from '../../../../../../src/contracts/errors.ts';
import { analyzeCost } from '../../../../../../src/platform/agents/cost/analyze.ts';
import { TaskLedger } from '../../../../../../src/platform/agents/kit/tasks/task-ledger.ts';
import {
  addTaskRoutes,
  type TaskHandlers,
} from '../../../../../../src/platform/agents/kit/tasks/task-routes.ts';
import { createServer } from '../../../../../../src/platform/kit/server.ts';
import { createLogger } from '../../../../../../src/support/logging.ts';
import { completedOptimization, fakeServices, recommendationOf, stillClock } from '../../fakes.ts';

const KEY = 'agent-key-of-this-test';
const ANALYZE = {
  task_id: 'tsk_1',
  type: 'analyze',
  customer_id: 'cus_1',
  analysis_id: 'anl_1',
  trigger: null,
} as const;

function agent(handlers: Partial<TaskHandlers> = {}, agentId: string | null = 'agt_1') {
  const server = createServer({
    service: 'test-agent',
    version: '0',
    logger: createLogger('test-agent', 'silent'),
    dependencies: {},
  });
  const ledger = new TaskLedger();
  addTaskRoutes(server, {
    handlers: {
      analyze: async () => ({ type: 'analyze', recommendations: [], findings: ['seen'] }),
      validate: async () => {
        throw new Error('not asked');
      },
      ...handlers,
    },
    agentKey: KEY,
    ledger,
    clock: stillClock(),
    logger: createLogger('test-agent', 'silent'),
    agentId: () => agentId,
  });
  const post = (body: object, key = KEY) =>
    server.inject({
      method: 'POST',
      url: '/tasks',
      payload: body,
      headers: { authorization: `Bearer ${key}` },
    });
  return { server, ledger, post };
}

/** Handlers whose analysis waits until it is let go, counting how often it started. */
function heldAnalysis() {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const seen = { started: 0 };
  const handlers: Partial<TaskHandlers> = {
    analyze: async () => {
      seen.started += 1;
      await promise;
      return { type: 'analyze', recommendations: [], findings: [`run ${seen.started}`] };
    },
  };
  return { handlers, seen, letGo: () => resolve(undefined) };
}

describe('POST /tasks', () => {
  it('answers with the result, the agent and the time it took', async () => {
    const answer = await agent().post(ANALYZE);
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({
      task_id: 'tsk_1',
      agent_id: 'agt_1',
      execution_time_ms: 0,
      result: { type: 'analyze', recommendations: [], findings: ['seen'] },
    });
  });

  it('works once for a task asked twice at the same time', async () => {
    const { handlers, seen, letGo } = heldAnalysis();
    const { post, ledger } = agent(handlers);
    const asked = [post(ANALYZE), post(ANALYZE), post(ANALYZE)];
    await expect.poll(() => ledger.running).toBe(1);
    letGo();
    const bodies = (await Promise.all(asked)).map((answer) => answer.body);
    expect(new Set(bodies).size).toBe(1);
    expect(seen.started).toBe(1);
    expect((await post(ANALYZE)).body).toBe(bodies[0]);
    expect(seen.started).toBe(1);
    expect(ledger.running).toBe(0);
  });

  it('lets a failed task be tried again', async () => {
    let attempts = 0;
    const { post, ledger } = agent({
      analyze: async () => {
        attempts += 1;
        if (attempts === 1) throw new Error('the store went away');
        return { type: 'analyze', recommendations: [], findings: [] };
      },
    });
    const failed = await post(ANALYZE);
    expect(failed.statusCode).toBe(500);
    expect(failed.body).not.toContain('the store went away');
    expect((await post(ANALYZE)).statusCode).toBe(200);
    expect(ledger.running).toBe(0);
  });

  it('refuses another body under a known id', async () => {
    const { post } = agent();
    await post(ANALYZE);
    const answer = await post({ ...ANALYZE, analysis_id: 'anl_2' });
    expect(answer.statusCode).toBe(409);
    expect(answer.json<Problem>().code).toBe('IDEMPOTENCY_MISMATCH');
  });

  it.each([['another-key'], [''], [`${KEY}x`], [KEY.toUpperCase()]])('refuses the key "%s"', async (key) => {
    const answer = await agent().post(ANALYZE, key);
    expect(answer.statusCode).toBe(401);
    expect(answer.json<Problem>().code).toBe('UNAUTHENTICATED');
  });

  it('refuses a request without a key before it looks at the body', async () => {
    const answer = await agent().server.inject({ method: 'POST', url: '/tasks', payload: { nonsense: 1 } });
    expect(answer.statusCode).toBe(401);
  });

  it.each([
    [{ ...ANALYZE, type: 'guess' }, 'body'],
    [{ ...ANALYZE, task_id: '' }, 'body.task_id'],
    [{ task_id: 'tsk_1', type: 'analyze', customer_id: 'cus_1' }, 'body.analysis_id'],
    [{ ...ANALYZE, customer_id: 7 }, 'body.customer_id'],
    [{ task_id: 'tsk_1', type: 'validate', customer_id: 'cus_1' }, 'body.recommendation'],
  ])('names the field that is wrong: %j', async (body, field) => {
    const answer = await agent().post(body);
    expect(answer.statusCode).toBe(400);
    const problem = answer.json<Problem>();
    expect(problem.code).toBe('VALIDATION_FAILED');
    expect(problem.errors?.map((error) => error.field).join(' ')).toContain(field);
  });

  it('takes a whole recommendation and hands it on unchanged', async () => {
    const { recommendations } = await analyzeCost(fakeServices(), {
      task_id: 'tsk_0',
      type: 'analyze',
      customer_id: 'cus_acme',
      analysis_id: 'anl_1',
      trigger: null,
    });
    const recommendation = recommendationOf(recommendations[0]!);
    let handed: unknown;
    const { post } = agent({
      learn: async (task) => {
        handed = task;
        return { type: 'learn', pattern_id: 'p', features: [1] };
      },
    });
    const task = {
      task_id: 'tsk_1',
      type: 'learn',
      customer_id: 'cus_acme',
      recommendation,
      optimization: completedOptimization('opt_1', 50_000),
    };
    expect((await post(task)).statusCode).toBe(200);
    expect(handed).toEqual(task);
  });

  it('refuses a learn task where nothing learns', async () => {
    const { recommendations } = await analyzeCost(fakeServices(), {
      task_id: 'tsk_0',
      type: 'analyze',
      customer_id: 'cus_acme',
      analysis_id: 'anl_1',
      trigger: null,
    });
    const answer = await agent().post({
      task_id: 'tsk_1',
      type: 'learn',
      customer_id: 'cus_acme',
      recommendation: recommendationOf(recommendations[0]!),
      optimization: completedOptimization('opt_1', 1),
    });
    expect(answer.statusCode).toBe(400);
    expect(answer.json<Problem>().detail).toContain('does not take learn tasks');
  });

  it('acknowledges an executed resolution once, and refuses a malformed one', async () => {
    const resolution = {
      resolution_id: 'res_1',
      customer_id: 'cus_1',
      conflict_detected: true,
      conflicts: [],
      resolution_strategy: 'prioritize_customer',
      chosen_recommendation: 'rec_1',
      hybrid_solution: null,
      execution_order: null,
      rejected: [{ recommendation_id: 'rec_2', reason: 'less' }],
      reasons: ['cost comes first'],
      participants: ['cost', 'performance'],
    };
    const task = {
      task_id: 'tsk_1',
      type: 'resolution_executed',
      customer_id: 'cus_1',
      resolution,
      optimization_ids: ['opt_1'],
    };
    const { post } = agent();
    const answer = await post(task);
    expect(answer.json()).toMatchObject({ result: { type: 'resolution_executed', acknowledged: true } });
    expect((await post(task)).json()).toEqual(answer.json());
    const malformed = await post({
      ...task,
      task_id: 'tsk_2',
      resolution: { ...resolution, participants: ['me'] },
    });
    expect(malformed.statusCode).toBe(400);
  });

  it('takes every trigger of an analysis, and refuses another', async () => {
    const triggers = [
      { kind: 'interruption', instance_id: 'i-1' },
      { kind: 'fallback_nodes', instance_ids: ['i-1'] },
    ];
    for (const [index, trigger] of triggers.entries()) {
      const answer = await agent().post({ ...ANALYZE, task_id: `tsk_${index}`, trigger });
      expect(answer.statusCode).toBe(200);
    }
    expect((await agent().post({ ...ANALYZE, trigger: { kind: 'mood' } })).statusCode).toBe(400);
  });

  it('takes no task before it is registered', async () => {
    const answer = await agent({}, null).post(ANALYZE);
    expect(answer.statusCode).toBe(503);
    expect(answer.json<Problem>().code).toBe('DEPENDENCY_UNAVAILABLE');
  });
});

describe('the ledger', () => {
  it('forgets the oldest of more than a thousand tasks', async () => {
    const ledger = new TaskLedger();
    let worked = 0;
    const run = (number: number) =>
      ledger.run({ ...ANALYZE, task_id: `tsk_${number}` }, async () => {
        worked += 1;
        return {
          task_id: '',
          agent_id: '',
          execution_time_ms: 0,
          result: { type: 'analyze', recommendations: [], findings: [] },
        };
      });
    for (let number = 0; number <= 1_000; number += 1) await run(number);
    await run(1_000);
    expect(worked).toBe(1_001);
    await run(0);
    expect(worked).toBe(1_002);
  });
});
