import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';

import pg from 'pg';
import { pino } from 'pino';

import type { Plan } from '../../../src/contracts/api/common.ts';
import type { SignupResponse, TokenResponse } from '../../../src/contracts/api/customers.ts';
import { killProcess, restartProcess, startEnvironment } from '../../../src/environment/index.ts';
import { buildOrchestrator, type OrchestratorOptions } from '../../../src/platform/orchestrator/app.ts';
import type { PlatformServer } from '../../../src/platform/kit/server.ts';
import { createClock, type Clock } from '../../../src/support/clock.ts';
import { randomIds } from '../../../src/support/ids.ts';

type StartedEnvironment = Awaited<ReturnType<typeof startEnvironment>>;
type ProcessName = Parameters<typeof killProcess>[1];

/** The stores an orchestrator needs, on free ports of their own. Start it once a file: `beforeAll`. */
export interface TestStores extends AsyncDisposable {
  readonly environment: StartedEnvironment;
  readonly postgresUrl: string;
  readonly postgresOwnerUrl: string;
  /** As the owner of the tables, in the system scope: the second witness of what is stored. */
  query<Row extends pg.QueryResultRow>(text: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  /** As the role of the services, without any scope: what row-level security lets through. */
  queryAsApp<Row extends pg.QueryResultRow>(
    text: string,
    scope?: Readonly<Record<string, string>>,
  ): Promise<readonly Row[]>;
  kill(name: ProcessName): Promise<void>;
  restart(name: ProcessName): Promise<void>;
}

const STORES: readonly ProcessName[] = ['postgres', 'redis', 'clickhouse'];

export async function startStores(): Promise<TestStores> {
  const name = `test-${randomBytes(4).toString('hex')}`;
  const environment = await startEnvironment({ name, only: STORES, ports: 'auto', timeScale: 60 });
  const { secrets, descriptor } = environment;
  const urlOf = (user: string, password: string): string =>
    `postgresql://${user}:${encodeURIComponent(password)}@127.0.0.1:${descriptor.ports.postgres}/optiinfra`;
  const postgresUrl = urlOf('optiinfra_app', secrets.postgresAppPassword);
  const postgresOwnerUrl = urlOf('optiinfra_owner', secrets.postgresOwnerPassword);
  return {
    environment,
    postgresUrl,
    postgresOwnerUrl,
    query: <Row extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []) =>
      withClient(postgresOwnerUrl, { 'optiinfra.scope': 'system' }, async (client) => {
        const { rows } = await client.query<Row>(text, [...values]);
        return rows;
      }),
    queryAsApp: <Row extends pg.QueryResultRow>(text: string, scope: Readonly<Record<string, string>> = {}) =>
      withClient(postgresUrl, scope, async (client) => (await client.query<Row>(text)).rows),
    kill: (process) => killProcess(environment, process),
    restart: async (process) => {
      await restartProcess(environment, process);
    },
    [Symbol.asyncDispose]: () => environment[Symbol.asyncDispose](),
  };
}

async function withClient<T>(
  url: string,
  settings: Readonly<Record<string, string>>,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const [key, value] of Object.entries(settings)) {
      await client.query('SELECT set_config($1, $2, false)', [key, value]);
    }
    return await work(client);
  } finally {
    await client.end();
  }
}

/** A clock whose wall time the test can move; durations and sleeps stay the machine's. */
export interface MovableClock extends Clock {
  advanceWall(ms: number): void;
}

export function movableClock(stores: TestStores): MovableClock {
  const real = createClock(stores.environment.descriptor.anchor);
  let offsetMs = 0;
  return {
    ...real,
    wallMs: () => real.wallMs() + offsetMs,
    advanceWall: (ms) => {
      offsetMs += ms;
    },
  };
}

export interface TestAccount {
  readonly customerId: string;
  readonly email: string;
  readonly password: string;
  readonly token: string;
  readonly refreshToken: string;
}
interface CallOptions {
  readonly token?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Source address of the call. */
  readonly from?: string;
}
export interface Answer<Body> {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Body;
}
type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** The orchestrator in this process, on real stores, listening on a free port. */
export interface TestOrchestrator extends AsyncDisposable {
  readonly server: PlatformServer;
  readonly clock: MovableClock;
  readonly url: string;
  call<Body = Record<string, unknown>>(
    method: Method,
    path: string,
    options?: CallOptions,
  ): Promise<Answer<Body>>;
  /** Signs a new customer up and logs him in. */
  account(plan?: Plan): Promise<TestAccount>;
  /** Access token of the administrator. */
  admin(): Promise<string>;
}

export async function startOrchestrator(
  stores: TestStores,
  overrides: Partial<OrchestratorOptions> = {},
): Promise<TestOrchestrator> {
  const { secrets, descriptor } = stores.environment;
  const clock = movableClock(stores);
  const service = await buildOrchestrator({
    postgresUrl: stores.postgresUrl,
    postgresOwnerUrl: stores.postgresOwnerUrl,
    clickhouseUrl: descriptor.urls.clickhouse,
    redisUrl: descriptor.urls.redis,
    // Nothing listens there unless the test says otherwise.
    marketUrl: 'http://127.0.0.1:1',
    executorUrl: 'http://127.0.0.1:1',
    agentKey: secrets.agentKey,
    serviceKey: secrets.serviceKey,
    sealingKey: secrets.sealingKey,
    tokenKey: secrets.tokenKey,
    administrator: { email: secrets.adminEmail, password: secrets.adminPassword },
    clock,
    ids: randomIds,
    logger: pino({ level: process.env['TEST_LOG'] ?? 'silent' }),
    ...overrides,
  });
  const { server } = service;
  await server.listen({ host: '127.0.0.1', port: 0 });
  await service.started?.();
  const { port } = server.server.address() as AddressInfo;
  const call = caller(server);
  return {
    server,
    clock,
    url: `http://127.0.0.1:${port}`,
    call,
    account: (plan = 'enterprise') => signUp(call, plan),
    admin: async () => {
      const { adminEmail: email, adminPassword: password } = secrets;
      const answer = await call<TokenResponse>('POST', '/auth/login', { body: { email, password } });
      return answer.body.access_token;
    },
    [Symbol.asyncDispose]: async () => {
      await server.close();
      await service.close();
    },
  };
}

function caller(server: PlatformServer): TestOrchestrator['call'] {
  return async <Body>(method: Method, path: string, options: CallOptions = {}): Promise<Answer<Body>> => {
    const response = await server.inject({
      method,
      url: path,
      ...(options.from === undefined ? {} : { remoteAddress: options.from }),
      headers: {
        ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
        ...options.headers,
      },
      ...(options.body === undefined ? {} : { payload: options.body as object }),
    });
    const isJson = response.headers['content-type']?.toString().includes('json') === true;
    return {
      status: response.statusCode,
      headers: response.headers as Record<string, string | undefined>,
      body: (isJson && response.payload !== '' ? response.json() : response.payload) as Body,
    };
  };
}

async function signUp(call: TestOrchestrator['call'], plan: Plan): Promise<TestAccount> {
  const email = `owner-${randomBytes(6).toString('hex')}@example.com`;
  const password = `correct horse ${randomBytes(6).toString('hex')}`;
  const created = await call<SignupResponse>('POST', '/auth/signup', {
    body: { email, company_name: 'Acme Corp', password, plan },
  });
  if (created.status !== 201) throw new Error(`sign-up answered ${created.status}`);
  const login = await call<TokenResponse>('POST', '/auth/login', { body: { email, password } });
  if (login.status !== 200) throw new Error(`login answered ${login.status}`);
  return {
    customerId: created.body.customer_id,
    email,
    password,
    token: login.body.access_token,
    refreshToken: login.body.refresh_token,
  };
}
