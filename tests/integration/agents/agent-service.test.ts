import { createServer as createHttpServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';

import type { AgentTaskAnswer } from '../../../src/contracts/api/orchestration.ts';
import { costAgent } from '../../../src/platform/agents/cost/index.ts';
import { createAgent } from '../../../src/platform/agents/kit/agent.ts';
import { createMarketClient } from '../../../src/platform/agents/kit/market-client.ts';
import { createOrchestratorClient } from '../../../src/platform/agents/kit/orchestrator-client.ts';
import type { Service } from '../../../src/platform/kit/run-service.ts';
import { anchorNow, createClock } from '../../../src/support/clock.ts';
import { createLogger } from '../../../src/support/logging.ts';
import { readServiceConfig } from '../../../src/support/service-config.ts';
import { waitFor } from '../../../src/support/waiting.ts';
import { acme, INTERRUPTIONS, quote } from '../../unit/platform/agents/fakes.ts';

const KEY = 'agent-key-of-this-test';
const clock = createClock(anchorNow(60));
const ANALYZE = {
  task_id: 'tsk_1',
  type: 'analyze',
  customer_id: 'cus_1',
  analysis_id: 'anl_1',
  trigger: null,
};

/** Stands in for orchestrator, market and ClickHouse's ping: answers by path, writes down what came. */
class Neighbours implements AsyncDisposable {
  readonly calls: { readonly line: string; readonly key: string | undefined; readonly body: unknown }[] = [];
  readonly answers = new Map<string, { readonly status: number; readonly body: string }>();
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<Neighbours> {
    const server = createHttpServer();
    const neighbours = new Neighbours(server);
    server.on('request', (request, response) => {
      void read(request).then((body) => {
        const line = `${request.method ?? ''} ${request.url ?? ''}`;
        neighbours.calls.push({ line, key: request.headers.authorization, body });
        const answer = neighbours.answers.get(line.split('?')[0] ?? '') ?? { status: 404, body: '{}' };
        response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    neighbours.say('POST /orchestrator/agents/register', { agent_id: 'agt_1' }, 201);
    neighbours.say('POST /orchestrator/agents/agt_1/heartbeat', {});
    neighbours.answers.set('POST /orchestrator/agents/agt_1/deregister', { status: 200, body: '' });
    neighbours.say('GET /ping', 'Ok.');
    return neighbours;
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  say(line: string, body: unknown, status = 200): void {
    this.answers.set(line, { status, body: JSON.stringify(body) });
  }

  lines(): string[] {
    return this.calls.map(({ line }) => line);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

async function read(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const text = Buffer.concat(parts).toString();
  return text === '' ? null : (JSON.parse(text) as unknown);
}

const running: Service[] = [];
afterEach(async () => {
  for (const service of running.splice(0)) await stop(service);
});
async function stop(service: Service): Promise<void> {
  await service.server.close();
  await service.close();
}

async function start(neighbours: Neighbours): Promise<{ readonly service: Service; readonly url: string }> {
  const config = readServiceConfig({
    OPTIINFRA_PORT: '8101',
    OPTIINFRA_AGENT_KEY: KEY,
    OPTIINFRA_ORCHESTRATOR_URL: neighbours.url,
    OPTIINFRA_MARKET_URL: neighbours.url,
    OPTIINFRA_CLICKHOUSE_URL: neighbours.url.replace('//', '//reader:secret@'),
    OPTIINFRA_QDRANT_URL: neighbours.url,
  });
  const service = await createAgent(costAgent, { config, clock, logger: createLogger('test', 'silent') });
  running.push(service);
  const url = await service.server.listen({ host: '127.0.0.1', port: 0 });
  await service.started?.();
  return { service, url };
}

function awaitCall(neighbours: Neighbours, line: string): Promise<string> {
  return waitFor(
    async () => {
      const found = neighbours.lines().find((each) => each === line);
      return found === undefined
        ? { done: false, observed: neighbours.lines() }
        : { done: true, value: found };
    },
    { condition: line, deadlineMs: 10_000, intervalMs: 20, clock },
  );
}

describe('an agent as a service', () => {
  it('registers, beats, becomes ready, and signs off at the end', async () => {
    await using neighbours = await Neighbours.start();
    const { service, url } = await start(neighbours);
    await awaitCall(neighbours, 'POST /orchestrator/agents/agt_1/heartbeat');
    const [registration] = neighbours.calls;
    expect(registration).toEqual({
      line: 'POST /orchestrator/agents/register',
      key: `Bearer ${KEY}`,
      body: {
        agent_type: 'cost',
        name: 'cost-8101',
        version: '0.1.0',
        capabilities: ['spot_migration', 'savings_forecast', 'learning'],
        endpoint: 'http://127.0.0.1:8101',
      },
    });
    const ready = await fetch(`${url}/health/ready`);
    expect(ready.status).toBe(200);
    running.pop();
    await stop(service);
    expect(neighbours.lines().at(-1)).toBe('POST /orchestrator/agents/agt_1/deregister');
  });

  it('waits for an orchestrator that comes later', async () => {
    await using neighbours = await Neighbours.start();
    neighbours.say('POST /orchestrator/agents/register', {}, 503);
    const { url } = await start(neighbours);
    await awaitCall(neighbours, 'POST /orchestrator/agents/register');
    expect((await fetch(`${url}/health/ready`)).status).toBe(503);
    neighbours.say('POST /orchestrator/agents/register', { agent_id: 'agt_1' }, 201);
    await awaitCall(neighbours, 'POST /orchestrator/agents/agt_1/heartbeat');
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
  });

  it('answers a task over HTTP', async () => {
    await using neighbours = await Neighbours.start();
    neighbours.say('GET /internal/customers/cus_1/context', { ...acme(), deployments: [] });
    const { url } = await start(neighbours);
    await awaitCall(neighbours, 'POST /orchestrator/agents/agt_1/heartbeat');
    const answer = await fetch(`${url}/tasks`, {
      method: 'POST',
      headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify(ANALYZE),
    });
    expect(answer.status).toBe(200);
    expect(((await answer.json()) as AgentTaskAnswer).result).toEqual({
      type: 'analyze',
      recommendations: [],
      findings: ['no deployment is known yet'],
    });
  });
});

describe('the clients of an agent', () => {
  it("read context and market, asking for the customer's own rates", async () => {
    await using neighbours = await Neighbours.start();
    neighbours.say('GET /internal/customers/cus_1/context', acme());
    neighbours.say('GET /market/prices', quote());
    neighbours.say('GET /market/interruptions', INTERRUPTIONS);
    expect(await createOrchestratorClient(neighbours.url, KEY).context('cus_1')).toEqual(acme());
    const market = createMarketClient(`${neighbours.url}/`);
    const question = {
      provider: 'aws',
      account: '100000000001',
      region: 'us-east-1',
      instanceType: 'p4d.24xlarge',
    } as const;
    expect(await market.prices(question)).toEqual(quote());
    expect(await market.interruptions(question)).toEqual(INTERRUPTIONS);
    expect(neighbours.lines()).toContain(
      'GET /market/prices?provider=aws&account=100000000001&region=us-east-1&instance_type=p4d.24xlarge',
    );
  });

  it.each([
    ['a refusal', { status: 403, body: '{"code":"FORBIDDEN"}' }, 'answered 403'],
    ['another shape', { status: 200, body: '{"on_demand_usd_per_hour":-1}' }, 'another shape'],
    ['no JSON', { status: 200, body: '<html>' }, 'did not answer with JSON'],
  ])('turn %s into an error that names the call and not the key', async (_what, answer, said) => {
    await using neighbours = await Neighbours.start();
    neighbours.answers.set('GET /internal/customers/cus_1/context', answer);
    const failed = createOrchestratorClient(neighbours.url, KEY).context('cus_1');
    await expect(failed).rejects.toMatchObject({ code: 'DEPENDENCY_UNAVAILABLE' });
    const message = await failed.then(
      () => '',
      (error: unknown) => String(error),
    );
    expect(message).toContain(said);
    expect(message).toContain('/internal/customers/cus_1/context');
    expect(message).not.toContain(KEY);
  });

  it('say that nobody is there', async () => {
    await expect(createOrchestratorClient('http://127.0.0.1:9', KEY).context('cus_1')).rejects.toThrow(
      'did not answer',
    );
  });
});
