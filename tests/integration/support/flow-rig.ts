import { createClient, type ClickHouseClient } from '@clickhouse/client';

import type { ConnectResponse, DesiredState } from '../../../src/contracts/api/agent-runtime.ts';
import type { Page } from '../../../src/contracts/api/common.ts';
import type {
  InfrastructureResponse,
  InstallCommandResponse,
  MetricSeries,
} from '../../../src/contracts/api/customers.ts';
import type {
  ExecutionOrder,
  RegisterAgentResponse,
  TaskView,
} from '../../../src/contracts/api/orchestration.ts';
import type {
  DashboardResponse,
  Optimization,
  Recommendation,
} from '../../../src/contracts/api/recommendations.ts';
import type { Problem } from '../../../src/contracts/errors.ts';
import { waitFor } from '../../../src/support/waiting.ts';
import { HttpStub } from './http-stub.ts';
import {
  movableClock,
  startOrchestrator,
  startStores,
  type MovableClock,
  type TestOrchestrator,
  type TestStores,
} from './orchestrator.ts';

/** Every field that some test reads of some answer, so that a typing slip shows; which one has which, the test says. */
export interface AnswerBody
  extends
    Pick<InfrastructureResponse, 'instances' | 'monthly_cost'>,
    Pick<MetricSeries, 'points'>,
    Pick<DesiredState, 'generation' | 'deployments'>,
    Pick<RegisterAgentResponse, 'agent_id'>,
    Pick<InstallCommandResponse, 'agent_token'>,
    Pick<ConnectResponse, 'runtime_token'>,
    Pick<TaskView, 'task_id' | 'error' | 'status'>,
    Pick<Recommendation, 'analysis_id' | 'validations'>,
    Pick<Optimization, 'execution_steps'>,
    Pick<DashboardResponse, 'current_spend' | 'agents' | 'recommendations'>,
    Pick<ExecutionOrder, 'context'>,
    Pick<
      Page<{ readonly id: string; readonly agent_id: string; readonly status: string }>,
      'items' | 'next_cursor'
    >,
    Pick<Problem, 'code' | 'detail'> {
  readonly optimization_id: string;
  readonly results: readonly unknown[];
}

export interface Answer {
  readonly status: number;
  readonly body: AnswerBody;
}

export interface TestCustomer {
  readonly id: string;
  readonly token: string;
}

/** A real orchestrator on real stores; market, executor and agents are stubs at the other end of the wire. */
export class FlowRig implements AsyncDisposable {
  readonly stores: TestStores;
  readonly clock: MovableClock;
  readonly market: HttpStub;
  readonly executor: HttpStub;
  readonly clickhouse: ClickHouseClient;
  #orchestrator: TestOrchestrator | undefined;

  private constructor(stores: TestStores, market: HttpStub, executor: HttpStub) {
    this.stores = stores;
    this.clock = movableClock(stores);
    this.market = market;
    this.executor = executor;
    this.clickhouse = createClient({ url: stores.environment.descriptor.urls.clickhouse });
  }

  static async start(): Promise<FlowRig> {
    const stores = await startStores();
    const market = new HttpStub(({ query }) => ({ status: 200, body: quote(query, PRICES) }));
    const executor = new HttpStub(() => ({ status: 202, body: {} }));
    await Promise.all([market.start(), executor.start()]);
    const rig = new FlowRig(stores, market, executor);
    await rig.startOrchestrator();
    return rig;
  }

  get secrets() {
    return this.stores.environment.secrets;
  }

  /** Starts it, or starts it again on the same stores. */
  async startOrchestrator(): Promise<void> {
    this.#orchestrator = await startOrchestrator(this.stores, {
      clock: this.clock,
      marketUrl: this.market.url,
      executorUrl: this.executor.url,
    });
  }

  async stopOrchestrator(): Promise<void> {
    await this.#orchestrator?.[Symbol.asyncDispose]();
    this.#orchestrator = undefined;
  }

  async admin(): Promise<string> {
    return this.#running().admin();
  }

  #running(): TestOrchestrator {
    if (this.#orchestrator === undefined) throw new Error('the orchestrator is stopped');
    return this.#orchestrator;
  }

  async call(method: string, path: string, token: string | null, body?: unknown): Promise<Answer> {
    const response = await fetch(`${this.#running().url}${path}`, {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: (text === '' ? null : JSON.parse(text)) as AnswerBody };
  }

  /** Signed up, logged in, and onboarded into an AWS account of its own. */
  async customer(): Promise<TestCustomer> {
    const account = await this.#running().account();
    const customer = { id: account.customerId, token: account.token };
    await this.expect(202, 'POST', `/customers/${customer.id}/onboard`, customer.token, {
      cloud_provider: 'aws',
      region: 'us-east-1',
      iam_role_arn: 'arn:aws:iam::123456789012:role/OptiInfraRole',
    });
    return customer;
  }

  /** The runtime token of a freshly installed agent-runtime. */
  async connectRuntime(customer: TestCustomer): Promise<string> {
    const path = `/customers/${customer.id}/agent-install-command`;
    const install = await this.expect(200, 'GET', path, customer.token);
    const hello = { version: '1.0.0', hostname: 'gateway-1' };
    const agentToken = install.body.agent_token;
    const connected = await this.expect(200, 'POST', '/agent-runtime/connect', agentToken, hello);
    return connected.body.runtime_token;
  }

  /** Calls and insists on the status; any 2xx fits a 2xx. */
  async expect(
    status: number,
    method: string,
    path: string,
    token: string | null,
    body?: unknown,
  ): Promise<Answer> {
    const answer = await this.call(method, path, token, body);
    const fits = status < 300 ? answer.status >= 200 && answer.status < 300 : answer.status === status;
    if (fits) return answer;
    throw new Error(`${method} ${path}: ${String(answer.status)} ${JSON.stringify(answer.body)}`);
  }

  async eventually<T>(condition: string, look: () => Promise<T | undefined>): Promise<T> {
    return waitFor(
      async () => {
        const value = await look();
        return value === undefined ? { done: false, observed: 'not yet' } : { done: true, value };
      },
      { condition, deadlineMs: 20_000, intervalMs: 50, clock: this.clock },
    );
  }

  async rows<T>(query: string, parameters: readonly unknown[] = []): Promise<T[]> {
    return [...(await this.stores.query(query, parameters))] as T[];
  }

  async count(query: string, params: Record<string, unknown>): Promise<number> {
    const result = await this.clickhouse.query({ query, query_params: params, format: 'JSONEachRow' });
    const [row] = await result.json<{ n: string | number }>();
    return Number(row?.n);
  }

  /** Types of the customer's events, in order. */
  async events(customerId: string): Promise<readonly string[]> {
    const rows = await this.rows<{ type: string }>(
      'SELECT type FROM outbox WHERE customer_id = $1 ORDER BY sequence',
      [customerId],
    );
    return rows.map(({ type }) => type);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stopOrchestrator();
    await this.clickhouse.close();
    await Promise.all([this.market.stop(), this.executor.stop()]);
    await this.stores[Symbol.asyncDispose]();
  }
}

export const PRICES = { onDemand: 41.1, spot: 15 };

export function quote(query: URLSearchParams, prices: typeof PRICES): unknown {
  return {
    provider: query.get('provider'),
    region: query.get('region'),
    instance_type: query.get('instance_type'),
    at: '2026-11-22T00:00:00.000Z',
    on_demand_usd_per_hour: prices.onDemand,
    spot: ['us-east-1a', 'us-east-1b'].map((zone) => ({ zone, usd_per_hour: prices.spot })),
    rate_kind: 'contract',
  };
}
