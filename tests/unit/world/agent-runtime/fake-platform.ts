import fastify from 'fastify';

import type {
  AppliedState,
  DesiredState,
  DiscoverRequest,
  GoldenResults,
  TelemetryBatch,
} from '../../../../src/contracts/api/agent-runtime.ts';

export type Route =
  'connect' | 'discover' | 'telemetry' | 'desired-state' | 'applied' | 'golden-next' | 'golden-results';

/** The routes of the contract, with what they saw, and with trouble a test asks for. */
export interface FakePlatform extends AsyncDisposable {
  readonly url: string;
  /** Order of all calls that were answered well. */
  readonly calls: Route[];
  readonly tokens: Set<string>;
  readonly inventories: DiscoverRequest[];
  /** Bodies as they came over the wire, refused deliveries included. */
  readonly deliveries: string[];
  /** Batches that were accepted. */
  readonly batches: TelemetryBatch[];
  readonly applied: AppliedState[];
  /** Each answer of the route is this status until it is set to undefined. */
  readonly trouble: Map<Route, number>;
  /** Served by the next long polls, one each; nothing waits: 204. */
  readonly wishes: unknown[];
  wish(state: DesiredState): void;
  /** Handed out by the next polls for golden runs, one each; nothing waits: 204. */
  readonly goldenOrders: unknown[];
  readonly goldenResults: GoldenResults[];
}

export async function startFakePlatform(): Promise<FakePlatform> {
  const server = fastify({ forceCloseConnections: true, bodyLimit: 10_000_000 });
  const state = {
    calls: [] as Route[],
    tokens: new Set<string>(),
    inventories: [] as DiscoverRequest[],
    deliveries: [] as string[],
    batches: [] as TelemetryBatch[],
    applied: [] as AppliedState[],
    trouble: new Map<Route, number>(),
    wishes: [] as unknown[],
    goldenOrders: [] as unknown[],
    goldenResults: [] as GoldenResults[],
  };
  const answer = (route: Route, authorization: string | undefined): number => {
    const status = state.trouble.get(route) ?? 200;
    state.tokens.add(authorization ?? '');
    if (status === 200) state.calls.push(route);
    return status;
  };
  server.post('/agent-runtime/connect', async ({ headers }, reply) =>
    reply
      .code(answer('connect', headers.authorization))
      .send({ connected: true, customer_id: 'cus_1', runtime_token: 'runtime-secret' }),
  );
  server.post('/agent-runtime/discover', async ({ headers, body }, reply) => {
    const status = answer('discover', headers.authorization);
    if (status === 200) state.inventories.push(body as DiscoverRequest);
    return reply.code(status).send({});
  });
  server.post('/agent-runtime/telemetry', async ({ headers, body }, reply) => {
    const status = answer('telemetry', headers.authorization);
    const batch = body as TelemetryBatch;
    state.deliveries.push(JSON.stringify(batch));
    if (status === 200) state.batches.push(batch);
    return reply.code(status).send({ accepted: batch.requests.length, duplicate: false });
  });
  server.get('/agent-runtime/desired-state', async ({ headers }, reply) => {
    const status = answer('desired-state', headers.authorization);
    const wish = status === 200 ? state.wishes.shift() : undefined;
    return wish === undefined ? reply.code(status === 200 ? 204 : status).send() : reply.send(wish);
  });
  server.post('/agent-runtime/desired-state/applied', async ({ headers, body }, reply) => {
    const status = answer('applied', headers.authorization);
    if (status === 200) state.applied.push(body as AppliedState);
    return reply.code(status).send({});
  });
  server.get('/agent-runtime/golden-runs/next', async ({ headers }, reply) => {
    const status = answer('golden-next', headers.authorization);
    const order = status === 200 ? state.goldenOrders.shift() : undefined;
    return order === undefined ? reply.code(status === 200 ? 204 : status).send() : reply.send(order);
  });
  server.post('/agent-runtime/golden-results', async ({ headers, body }, reply) => {
    const status = answer('golden-results', headers.authorization);
    if (status === 200) state.goldenResults.push(body as GoldenResults);
    return reply.code(status).send({});
  });
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  return {
    ...state,
    url,
    wish: (wish) => state.wishes.push(wish),
    [Symbol.asyncDispose]: () => server.close(),
  };
}
