import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import type { TelemetryBatch } from '../../../../src/contracts/api/agent-runtime.ts';
import { anchorNow, createClock } from '../../../../src/support/clock.ts';
import { randomIds } from '../../../../src/support/ids.ts';
import { createLogger } from '../../../../src/support/logging.ts';
import { RuntimeRefused } from '../../../../src/world/agent-runtime/context.ts';
import { startAgentRuntime, type AgentRuntime } from '../../../../src/world/agent-runtime/runtime.ts';
import { CONFIGURATION, createFakeHost, instance, records, type FakeHost } from './fake-host.ts';
import { startFakePlatform, type FakePlatform } from './fake-platform.ts';

let platform: FakePlatform;
let host: FakeHost;
let stop: AbortController;
const logger = createLogger('test', 'silent');

beforeEach(async () => {
  platform = await startFakePlatform();
  host = createFakeHost();
  stop = new AbortController();
});
afterEach(async () => {
  stop.abort();
  await platform[Symbol.asyncDispose]();
});

/** World time as fast as wall time, so that only changes trigger a report within a test. */
function start(bufferBound?: number): Promise<AgentRuntime> {
  return startAgentRuntime({
    apiUrl: `${platform.url}/`,
    agentToken: 'one-use-secret',
    host,
    clock: createClock(anchorNow(1)),
    ids: randomIds,
    logger,
    signal: stop.signal,
    ...(bufferBound === undefined ? {} : { bufferBound }),
  });
}

const eventually = (look: () => void) => vi.waitFor(look, { timeout: 8_000, interval: 10 });
const received = (batches: readonly TelemetryBatch[]) =>
  batches.flatMap(({ requests }) => requests.map(({ request_id: id }) => id));
const ids = (from: number, count: number) => records(from, count).map(({ request_id: id }) => id);

describe('connecting', () => {
  test('exchanges the one-use token and reports the inventory before anything else', async () => {
    const runtime = await start();
    expect(runtime.state).toBe('connected');
    expect(platform.calls.slice(0, 2)).toEqual(['connect', 'discover']);
    expect([...platform.tokens].slice(0, 2)).toEqual(['Bearer one-use-secret', 'Bearer runtime-secret']);
    expect(platform.inventories[0]?.instances).toEqual(host.instances);
    expect(platform.inventories[0]?.observed_at_ms).toBeGreaterThan(0);
  });

  test('is refused with a used token and leaves nothing running', async () => {
    platform.trouble.set('connect', 401);
    await expect(start()).rejects.toThrow(RuntimeRefused);
    expect(host.listeners.size).toBe(0);
  });

  test('goes on trying while the platform is away', async () => {
    platform.trouble.set('connect', 503);
    const starting = start();
    await eventually(() => expect(platform.tokens.size).toBe(1));
    platform.trouble.clear();
    await expect(starting).resolves.toMatchObject({ state: 'connected' });
  });

  test('can be stopped while it still tries', async () => {
    platform.trouble.set('connect', 503);
    const starting = start();
    await eventually(() => expect(platform.tokens.size).toBe(1));
    stop.abort();
    await expect(starting).rejects.toThrow();
  });
});

describe('telemetry', () => {
  test('ships in order, what has piled up in batches of eight thousand requests at most', async () => {
    const runtime = await start();
    host.log(records(0, 17_500));
    await eventually(() => expect(runtime.telemetryShipped).toBe(17_500));
    expect(platform.batches.map(({ requests }) => requests.length)).toEqual([8_000, 8_000, 1_500]);
    expect(received(platform.batches)).toEqual(ids(0, 17_500));
    expect(new Set(platform.batches.map(({ deployment }) => deployment))).toEqual(new Set(['serving']));
  });

  test('keeps the id and the bytes of a batch through an outage and loses nothing', async () => {
    const runtime = await start();
    platform.trouble.set('telemetry', 503);
    host.log(records(0, 100));
    await eventually(() => expect(platform.deliveries.length).toBeGreaterThan(2));
    host.log(records(100, 50));
    expect(new Set(platform.deliveries).size).toBe(1);
    platform.trouble.clear();
    await eventually(() => expect(runtime.telemetryShipped).toBe(150));
    expect(received(platform.batches)).toEqual(ids(0, 150));
    expect(JSON.stringify(platform.batches[0])).toBe(platform.deliveries[0]);
    expect(platform.batches[1]?.batch_id).not.toBe(platform.batches[0]?.batch_id);
    expect(runtime.telemetryLost).toBe(0);
  });

  test('waits out a rate limit', async () => {
    const runtime = await start();
    platform.trouble.set('telemetry', 429);
    host.log(records(0, 10));
    await eventually(() => expect(platform.deliveries.length).toBeGreaterThan(1));
    platform.trouble.clear();
    await eventually(() => expect(runtime.telemetryShipped).toBe(10));
  });

  test('gives up a batch that is refused as malformed, counts it, and goes on', async () => {
    const runtime = await start();
    platform.trouble.set('telemetry', 400);
    host.log(records(0, 10));
    await eventually(() => expect(runtime.telemetryLost).toBe(10));
    platform.trouble.clear();
    host.log(records(10, 5));
    await eventually(() => expect(runtime.telemetryShipped).toBe(5));
    expect(received(platform.batches)).toEqual(ids(10, 5));
  });

  test('says how many records did not fit its buffer and keeps the oldest', async () => {
    const said = vi.spyOn(logger, 'error');
    const runtime = await start(100);
    platform.trouble.set('telemetry', 503);
    host.log(records(0, 100));
    host.log(records(100, 30));
    expect(runtime.telemetryLost).toBe(30);
    expect(said).toHaveBeenCalledWith({ bound: 100 }, expect.stringContaining('buffer full'));
    platform.trouble.clear();
    await eventually(() => expect(runtime.telemetryShipped).toBe(100));
    expect(received(platform.batches)).toEqual(ids(0, 100));
  });

  test('ends as failed when its token is revoked', async () => {
    const runtime = await start();
    platform.trouble.set('telemetry', 401);
    host.log(records(0, 1));
    await eventually(() => expect(runtime.state).toBe('failed'));
    expect(host.listeners.size).toBe(0);
  });
});

describe('discovery', () => {
  test('reports a change', async () => {
    await start();
    host.instances = [instance('i-1'), instance('i-2')];
    host.changed();
    await eventually(() => expect(platform.inventories.at(-1)?.instances).toHaveLength(2));
  });

  test('sends the newest inventory after an outage, not the missed ones', async () => {
    await start();
    platform.trouble.set('discover', 503);
    host.instances = [instance('i-1'), instance('i-2')];
    host.changed();
    host.instances = [instance('i-3')];
    host.changed();
    platform.trouble.clear();
    await eventually(() =>
      expect(platform.inventories.at(-1)?.instances.map(({ instance_id: id }) => id)).toEqual(['i-3']),
    );
  });

  test('drains a node at the notice, once, and reports it', async () => {
    await start();
    host.instances = [instance('i-1'), instance('i-2', 1_000)];
    host.changed();
    host.changed();
    expect(host.drained).toEqual(['i-2']);
    await eventually(() => expect(platform.inventories.at(-1)?.instances[1]?.interruption_at_ms).toBe(1_000));
  });
});

describe('desired state', () => {
  const wish = (generation: number, weights: Record<string, number>, name = 'serving') => ({
    generation,
    deployments: [{ name, weights, engine_configurations: {} }],
  });

  test('applies weights and says so', async () => {
    await start();
    platform.wish(wish(1, { 'i-1': 10, 'i-2': 90 }));
    await eventually(() => expect(platform.applied).toHaveLength(1));
    expect(host.weights).toEqual([{ 'i-1': 10, 'i-2': 90 }]);
    expect(platform.applied[0]).toMatchObject({ generation: 1, problems: {} });
  });

  test('applies engine configurations and names what did not work', async () => {
    await start();
    host.problems = { 'i-9': 'no such node' };
    platform.wish({
      generation: 4,
      deployments: [
        {
          name: 'serving',
          weights: { 'i-1': 1, 'i-9': 1 },
          engine_configurations: { 'i-1': CONFIGURATION, 'i-unfit': CONFIGURATION },
        },
      ],
    });
    await eventually(() => expect(platform.applied).toHaveLength(1));
    expect(host.configured.map(({ instanceId }) => instanceId)).toEqual(['i-1', 'i-unfit']);
    expect(platform.applied[0]?.problems).toEqual({ 'i-9': 'no such node', 'i-unfit': 'does not fit' });
  });

  const configures = (name: string, instanceId: string, weights: Record<string, number> = {}) => ({
    name,
    weights,
    engine_configurations: { [instanceId]: CONFIGURATION },
  });

  test('lets a deployment restart an engine while another one does', async () => {
    const restart = Promise.withResolvers<undefined>();
    host.restarts.set('i-1', restart.promise);
    await start();
    platform.wish({ generation: 1, deployments: [configures('serving', 'i-1')] });
    await eventually(() => expect(host.weights).toHaveLength(1));
    platform.wish({
      generation: 2,
      deployments: [configures('serving', 'i-1'), configures('second', 'i-2')],
    });
    await eventually(() => expect(host.configured.map(({ instanceId }) => instanceId)).toEqual(['i-2']));
    expect(platform.applied).toEqual([]);
    restart.resolve(undefined);
    await eventually(() => expect(platform.applied.map(({ generation }) => generation)).toEqual([1, 2]));
  });

  test('takes the wishes for one deployment in their order', async () => {
    const restart = Promise.withResolvers<undefined>();
    host.restarts.set('i-1', restart.promise);
    await start();
    platform.wish({ generation: 1, deployments: [configures('serving', 'i-1', { 'i-1': 1 })] });
    await eventually(() => expect(host.weights).toEqual([{ 'i-1': 1 }]));
    const polls = platform.calls.length;
    platform.wish(wish(2, { 'i-1': 2 }));
    await eventually(() => expect(platform.calls.length).toBeGreaterThan(polls));
    expect(host.weights).toEqual([{ 'i-1': 1 }]);
    restart.resolve(undefined);
    await eventually(() => expect(host.weights).toEqual([{ 'i-1': 1 }, { 'i-1': 2 }]));
  });

  test('names the nodes of a deployment it does not run', async () => {
    await start();
    platform.wish(wish(1, { 'i-7': 1 }, 'other'));
    await eventually(() => expect(platform.applied).toHaveLength(1));
    expect(platform.applied[0]?.problems).toEqual({ 'i-7': 'no deployment other here' });
    expect(host.weights).toEqual([]);
  });

  test('ignores a malformed wish and one that is not newer', async () => {
    await start();
    platform.wishes.push(
      { generation: 'one' },
      wish(2, { 'i-1': 2 }),
      wish(1, { 'i-1': 1 }),
      wish(3, { 'i-1': 3 }),
    );
    await eventually(() => expect(platform.applied.map(({ generation }) => generation)).toEqual([2, 3]));
    expect(host.weights).toEqual([{ 'i-1': 2 }, { 'i-1': 3 }]);
  });

  test('reports what it applied even when the platform was away meanwhile', async () => {
    await start();
    platform.trouble.set('applied', 503);
    platform.wish(wish(1, { 'i-1': 1 }));
    await eventually(() => expect(host.weights).toHaveLength(1));
    platform.trouble.clear();
    await eventually(() => expect(platform.applied).toHaveLength(1));
    expect(host.weights).toHaveLength(1);
  });
});

describe('golden runs', () => {
  const order = { golden_run_id: 'gld_1', deployment: 'serving', prompts: 2 };

  test('asks what the platform orders and reports the answers', async () => {
    await start();
    const answer = {
      prompt_id: 'golden-000',
      instance_id: 'i-1',
      answered_at_ms: 5,
      latency_ms: 7,
      quality_score: 0.9,
    };
    host.golden = { answers: [answer], problem: '1 without an answer: node_lost' };
    platform.goldenOrders.push({ golden_run_id: 7 }, order);
    await eventually(() => expect(platform.goldenResults).toHaveLength(1));
    expect(host.asked).toEqual([order]);
    expect(platform.goldenResults).toEqual([{ golden_run_id: 'gld_1', ...host.golden }]);
  });

  test('reports them even when the platform was away meanwhile, without asking again', async () => {
    await start();
    platform.trouble.set('golden-results', 503);
    platform.goldenOrders.push(order);
    await eventually(() => expect(host.asked).toHaveLength(1));
    platform.trouble.clear();
    await eventually(() => expect(platform.goldenResults).toHaveLength(1));
    expect(host.asked).toHaveLength(1);
  });

  test('ends when the platform no longer accepts it, and goes on when it only refuses an order', async () => {
    const runtime = await start();
    platform.trouble.set('golden-next', 404);
    await eventually(() => expect(platform.calls).toContain('desired-state'));
    expect(runtime.state).toBe('connected');
    const other = await start();
    platform.trouble.set('golden-next', 401);
    await eventually(() => expect(other.state).toBe('failed'));
  });
});

test('stops completely: nothing is called and nothing listened to afterwards', async () => {
  const runtime = await start();
  await runtime.stop();
  expect(host.listeners.size).toBe(0);
  expect(runtime.state).toBe('connected');
});
