import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';

import { createClient, type ClickHouseClient } from '@clickhouse/client';
import pg from 'pg';
import { pino } from 'pino';

import { startEnvironment, type StartedEnvironment } from '../../../src/environment/index.ts';
import { buildOrchestrator, type OrchestratorOptions } from '../../../src/platform/orchestrator/app.ts';
import type { Service } from '../../../src/platform/kit/run-service.ts';
import { anchorNow, createClock, type Clock } from '../../../src/support/clock.ts';
import { randomIds } from '../../../src/support/ids.ts';
import { waitFor } from '../../../src/support/waiting.ts';
import { HttpStub } from './http-stub.ts';

export interface Answer {
  readonly status: number;
  readonly body: any; // eslint-disable-line @typescript-eslint/no-explicit-any -- a test reads what it expects
}

export interface TestCustomer {
  readonly id: string;
  readonly token: string;
}

/** A real orchestrator on real stores; market, executor and agents are stubs at the other end of the wire. */
export class FlowRig implements AsyncDisposable {
  readonly environment: StartedEnvironment;
  readonly clock: Clock;
  readonly market: HttpStub;
  readonly executor: HttpStub;
  readonly clickhouse: ClickHouseClient;
  /** The tables' owner with every row in sight: a second witness. */
  readonly postgres: pg.Client;
  readonly #options: OrchestratorOptions;
  #service: Service | undefined;
  #url = '';

  private constructor(
    environment: StartedEnvironment,
    parts: Pick<FlowRig, 'clock' | 'market' | 'executor' | 'clickhouse' | 'postgres'>,
    options: OrchestratorOptions,
  ) {
    this.environment = environment;
    this.clock = parts.clock;
    this.market = parts.market;
    this.executor = parts.executor;
    this.clickhouse = parts.clickhouse;
    this.postgres = parts.postgres;
    this.#options = options;
  }

  static async start(): Promise<FlowRig> {
    const environment = await startEnvironment({
      name: `flow-${randomUUID().slice(0, 8)}`,
      ports: 'auto',
      only: ['postgres', 'redis', 'clickhouse'],
    });
    const { descriptor, secrets } = environment;
    const { ports, urls } = descriptor;
    const database = (role: string, password: string): string =>
      `postgres://${role}:${encodeURIComponent(password)}@${urls.postgresHost}:${String(ports.postgres)}/optiinfra`;
    const ownerUrl = database('optiinfra_owner', secrets.postgresOwnerPassword);
    const market = await new HttpStub(({ query }) => ({ status: 200, body: quote(query, PRICES) })).start();
    const executor = await new HttpStub(() => ({ status: 202, body: {} })).start();
    const clock = createClock(anchorNow(60));
    const rig = new FlowRig(
      environment,
      {
        clock,
        market,
        executor,
        clickhouse: createClient({ url: urls.clickhouse }),
        postgres: new pg.Client({ connectionString: ownerUrl }),
      },
      {
        postgresUrl: database('optiinfra_app', secrets.postgresAppPassword),
        postgresOwnerUrl: ownerUrl,
        clickhouseUrl: urls.clickhouse,
        redisUrl: urls.redis,
        marketUrl: market.url,
        executorUrl: executor.url,
        agentKey: secrets.agentKey,
        serviceKey: secrets.serviceKey,
        sealingKey: secrets.sealingKey,
        tokenKey: secrets.tokenKey,
        administrator: { email: secrets.adminEmail, password: secrets.adminPassword },
        clock,
        ids: randomIds,
        logger: pino({ level: process.env['TEST_LOG_LEVEL'] ?? 'silent' }),
      },
    );
    await rig.startOrchestrator();
    await rig.postgres.connect();
    await rig.postgres.query(`SELECT set_config('optiinfra.scope', 'system', false)`);
    return rig;
  }

  get secrets() {
    return this.environment.secrets;
  }

  async startOrchestrator(): Promise<void> {
    const service = await buildOrchestrator(this.#options);
    await service.server.listen({ host: '127.0.0.1', port: 0 });
    await service.started?.();
    this.#service = service;
    this.#url = `http://127.0.0.1:${String((service.server.server.address() as AddressInfo).port)}`;
  }

  async stopOrchestrator(): Promise<void> {
    await this.#service?.server.close();
    await this.#service?.close();
    this.#service = undefined;
  }

  async call(method: string, path: string, token: string | null, body?: unknown): Promise<Answer> {
    const response = await fetch(`${this.#url}${path}`, {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? null : (JSON.parse(text) as unknown) };
  }

  /** Signed up, logged in, and onboarded into an AWS account of its own. */
  async customer(): Promise<TestCustomer> {
    const email = `${randomUUID()}@customers.example`;
    const password = 'correct horse battery staple';
    const signup = { email, password, company_name: 'Acme Corp', plan: 'enterprise' };
    const { body: created } = await this.expect(201, 'POST', '/auth/signup', null, signup);
    const { body: session } = await this.expect(200, 'POST', '/auth/login', null, { email, password });
    const customer = { id: created.customer_id as string, token: session.access_token as string };
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
    const agentToken = install.body.agent_token as string;
    const connected = await this.expect(200, 'POST', '/agent-runtime/connect', agentToken, hello);
    return connected.body.runtime_token as string;
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
    return (await this.postgres.query(query, [...parameters])).rows as T[];
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
    await this.postgres.end();
    await this.clickhouse.close();
    await this.market.stop();
    await this.executor.stop();
    await this.environment[Symbol.asyncDispose]();
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
