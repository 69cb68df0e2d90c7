import { once } from 'node:events';

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';

import { CLOSE_CODES, type LiveEvent, type LiveMessage } from '../../../src/contracts/api/events.ts';
import type { Problem } from '../../../src/contracts/errors.ts';
import { waitFor } from '../../../src/support/waiting.ts';
import {
  startOrchestrator,
  startStores,
  type TestAccount,
  type TestOrchestrator,
  type TestStores,
} from '../support/orchestrator.ts';

interface Listener {
  readonly events: LiveEvent[];
  readonly closed: Promise<number>;
  readonly socket: WebSocket;
}

describe('live events', () => {
  let stores: TestStores;
  let orchestrator: TestOrchestrator;
  const sockets: WebSocket[] = [];
  beforeAll(async () => {
    stores = await startStores();
    orchestrator = await startOrchestrator(stores);
  });
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.terminate();
  });
  afterAll(async () => {
    await orchestrator[Symbol.asyncDispose]();
    await stores[Symbol.asyncDispose]();
  });

  const listen = (path: string, headers: Record<string, string> = {}, on = orchestrator): Listener => {
    const socket = new WebSocket(`${on.url.replace('http', 'ws')}${path}`, { headers });
    sockets.push(socket);
    const events: LiveEvent[] = [];
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as LiveMessage;
      if (message.kind === 'event') events.push(message.event);
    });
    const closed = once(socket, 'close').then(([code]) => code as number);
    return { events, closed, socket };
  };
  const follow = ({ customerId, token }: TestAccount, cursor = 0, on = orchestrator): Listener =>
    listen(`/ws/customers/${customerId}?cursor=${cursor}`, { authorization: `Bearer ${token}` }, on);

  /** Each onboarding publishes one event. */
  const onboard = async ({ customerId, token }: TestAccount, region = 'us-east-1'): Promise<void> => {
    const body = { cloud_provider: 'aws', region, iam_role_arn: 'arn:aws:iam::123456789012:role/R' };
    const answer = await orchestrator.call('POST', `/customers/${customerId}/onboard`, { token, body });
    expect(answer.status).toBe(202);
  };
  const sequences = ({ events }: Listener): number[] => events.map(({ sequence }) => sequence);
  const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);
  const until = (listener: Listener, count: number): Promise<readonly LiveEvent[]> =>
    waitFor(
      async () =>
        listener.events.length >= count
          ? { done: true, value: listener.events }
          : { done: false, observed: sequences(listener) },
      { condition: `${count} events`, deadlineMs: 15_000, intervalMs: 20, clock: orchestrator.clock },
    );
  const owed = async (count: number): Promise<void> => {
    await waitFor(
      async () => {
        const rows = await stores.query('SELECT id FROM outbox WHERE relayed_at IS NULL');
        return rows.length === count ? { done: true, value: null } : { done: false, observed: rows.length };
      },
      { condition: `${count} events owed`, deadlineMs: 15_000, intervalMs: 50, clock: orchestrator.clock },
    );
  };

  it('replays from the start and goes on live, in order and without a gap', async () => {
    const account = await orchestrator.account();
    for (let count = 0; count < 3; count += 1) await onboard(account);
    const listener = follow(account);
    await until(listener, 3);
    await Promise.all(upTo(12).map(() => onboard(account)));
    await until(listener, 15);
    expect(sequences(listener)).toEqual(upTo(15));
    expect(listener.events[0]).toMatchObject({ type: 'customer.onboarded', customer_id: account.customerId });
  });

  it('goes on from the cursor after a reconnection, without loss or repetition', async () => {
    const account = await orchestrator.account();
    await onboard(account);
    await onboard(account);
    const first = follow(account);
    await until(first, 2);
    first.socket.close();
    await first.closed;
    for (let count = 0; count < 4; count += 1) await onboard(account);
    const second = follow(account, 2);
    await until(second, 4);
    expect(sequences(second)).toEqual([3, 4, 5, 6]);
  });

  it('gives two customers their own events only', async () => {
    const [one, two] = [await orchestrator.account(), await orchestrator.account()];
    const listeners = [follow(one), follow(two)] as const;
    await Promise.all([onboard(one, 'us-east-1'), onboard(two, 'us-west-2'), onboard(one, 'us-east-1')]);
    await Promise.all([until(listeners[0], 2), until(listeners[1], 1)]);
    expect(listeners[0].events.map(({ data }) => data['region'])).toEqual(['us-east-1', 'us-east-1']);
    expect(listeners[1].events.map(({ data }) => data['region'])).toEqual(['us-west-2']);
  });

  it('takes the token from the query, as browsers must', async () => {
    const account = await orchestrator.account();
    await onboard(account);
    const listener = listen(`/ws/customers/${account.customerId}?token=${account.token}`);
    await until(listener, 1);
    expect(sequences(listener)).toEqual([1]);
  });

  it('closes 4401 without a valid token and 4403 on another customer, sending nothing', async () => {
    const [mine, other] = [await orchestrator.account(), await orchestrator.account()];
    await onboard(other);
    const path = `/ws/customers/${other.customerId}`;
    const none = listen(path);
    const bad = listen(`${path}?token=nonsense`);
    const foreign = listen(path, { authorization: `Bearer ${mine.token}` });
    expect(await Promise.all([none.closed, bad.closed, foreign.closed])).toEqual([
      CLOSE_CODES.unauthenticated,
      CLOSE_CODES.unauthenticated,
      CLOSE_CODES.forbidden,
    ]);
    expect([none, bad, foreign].flatMap(({ events }) => events)).toEqual([]);
    const denied = await stores.query(
      `SELECT 1 FROM audit_log WHERE chain = $1 AND action = 'access.denied'`,
      [other.customerId],
    );
    expect(denied).toHaveLength(1);
  });

  it('closes an open connection once its session has ended', async () => {
    const account = await orchestrator.account();
    await onboard(account);
    const listener = follow(account);
    await until(listener, 1);
    await orchestrator.call('POST', '/auth/logout', { token: account.token });
    expect(await listener.closed).toBe(CLOSE_CODES.unauthenticated);
  });

  it('loses nothing while Redis is away: neither to open connections nor to the stream after its return', async () => {
    const account = await orchestrator.account();
    await onboard(account);
    const before = follow(account);
    await until(before, 1);
    await owed(0);
    await stores.kill('redis');
    await onboard(account);
    await onboard(account);
    await until(before, 3);
    const during = follow(account);
    await until(during, 3);
    await owed(2);
    await stores.restart('redis');
    await owed(0);
    await onboard(account);
    await Promise.all([until(before, 4), until(during, 4)]);
    expect([sequences(before), sequences(during)]).toEqual([upTo(4), upTo(4)]);
  });

  it('relays what was owed when the process died, once', async () => {
    const account = await orchestrator.account();
    await stores.kill('redis');
    await onboard(account);
    await onboard(account);
    await owed(2);
    await stores.restart('redis');
    await using other = await startOrchestrator(stores);
    const listener = follow(account, 0, other);
    await until(listener, 2);
    await owed(0);
    expect(sequences(listener)).toEqual([1, 2]);
  });

  it('answers 503 while PostgreSQL is away and goes on after its return, with every event', async () => {
    const account = await orchestrator.account();
    await onboard(account);
    const open = follow(account);
    await until(open, 1);
    await stores.kill('postgres');
    const path = `/customers/${account.customerId}/preferences`;
    const read = () => orchestrator.call<Problem>('GET', path, { token: account.token });
    const away = await read();
    expect([away.status, away.body.code]).toEqual([503, 'DEPENDENCY_UNAVAILABLE']);
    // The stream cannot promise an order without its store: the client is told to come again with its cursor.
    expect(await open.closed).toBe(1011);
    await stores.restart('postgres');
    expect((await read()).status).toBe(200);
    await onboard(account);
    const again = follow(account, 1);
    await until(again, 1);
    expect(sequences(again)).toEqual([2]);
    await owed(0);
  });
});
