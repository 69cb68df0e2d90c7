import { afterEach, beforeEach, expect, test } from 'vitest';

import { createSession } from '../../../src/client/session.ts';
import { HttpStub, type StubAnswer, type StubRequest } from '../../integration/support/http-stub.ts';
import { stepClock, type StepClock } from './step-clock.ts';

const CREDENTIALS = { email: 'dana@acme.example', password: 'secret' };
const EXPIRES_S = 900;
let server: HttpStub;
let clock: StepClock;
let issued: number;

function tokens(): StubAnswer {
  issued += 1;
  const number = String(issued);
  return {
    status: 200,
    body: {
      access_token: `access-${number}`,
      refresh_token: `refresh-${number}`,
      expires_in: EXPIRES_S,
      customer_id: 'cus_1',
    },
  };
}
const refused: StubAnswer = { status: 401, body: { code: 'UNAUTHENTICATED', detail: 'spent' } };
const paths = (): string[] => server.received.map(({ path }) => path);
const open = () => createSession(server.url, CREDENTIALS, clock);

beforeEach(async () => {
  issued = 0;
  clock = stepClock();
  server = await new HttpStub(tokens).start();
});
afterEach(() => server[Symbol.asyncDispose]());

test('logs in once and keeps the token', async () => {
  const session = open();
  expect(await session.accessToken()).toBe('access-1');
  expect(await session.accessToken()).toBe('access-1');
  expect(await session.customerId()).toBe('cus_1');
  expect(server.received).toMatchObject([{ path: '/auth/login', body: CREDENTIALS }]);
});

test('many at once share one login, and later one refresh', async () => {
  const session = open();
  const first = await Promise.all(Array.from({ length: 5 }, () => session.accessToken()));
  expect(new Set(first)).toEqual(new Set(['access-1']));
  clock.pass(EXPIRES_S * 1_000);
  const second = await Promise.all(Array.from({ length: 5 }, () => session.accessToken()));
  expect(new Set(second)).toEqual(new Set(['access-2']));
  expect(paths()).toEqual(['/auth/login', '/auth/refresh']);
  expect(server.received[1]?.body).toEqual({ refresh_token: 'refresh-1' });
});

test('refreshes half a minute before the end, not earlier', async () => {
  const session = open();
  await session.accessToken();
  clock.pass((EXPIRES_S - 31) * 1_000);
  expect(await session.accessToken()).toBe('access-1');
  clock.pass(1_000);
  expect(await session.accessToken()).toBe('access-2');
});

test('each refresh uses the newest refresh token', async () => {
  const session = open();
  for (let round = 0; round < 3; round += 1) {
    await session.accessToken();
    clock.pass(EXPIRES_S * 1_000);
  }
  expect(server.received.slice(1).map(({ body }) => body)).toEqual([
    { refresh_token: 'refresh-1' },
    { refresh_token: 'refresh-2' },
  ]);
});

test('a refresh token that is spent leads to a new login', async () => {
  const session = open();
  await session.accessToken();
  clock.pass(EXPIRES_S * 1_000);
  server.answer = ({ path }: StubRequest) => (path === '/auth/refresh' ? refused : tokens());
  expect(await session.accessToken()).toBe('access-2');
  expect(paths()).toEqual(['/auth/login', '/auth/refresh', '/auth/login']);
});

test('a platform that is down is said, and asked again by the next call', async () => {
  const session = open();
  server.answer = () => 'drop';
  await expect(session.accessToken()).rejects.toMatchObject({ code: 'API_CALL_FAILED' });
  server.answer = tokens;
  expect(await session.accessToken()).toBe('access-1');
});

test('a wrong password is refused, not repeated', async () => {
  server.answer = () => refused;
  await expect(open().accessToken()).rejects.toMatchObject({ code: 'UNAUTHENTICATED', status: 401 });
  expect(paths()).toEqual(['/auth/login']);
});

test('logging out ends the session with both tokens; the next use logs in again', async () => {
  const session = open();
  await session.accessToken();
  server.answer = ({ path }) => (path === '/auth/logout' ? { text: '' } : tokens());
  await session.logout();
  const logout = server.received.at(-1);
  expect(logout).toMatchObject({ path: '/auth/logout', body: { refresh_token: 'refresh-1' } });
  expect(logout?.headers.authorization).toBe('Bearer access-1');
  expect(await session.accessToken()).toBe('access-2');
  expect(paths()).toEqual(['/auth/login', '/auth/logout', '/auth/login']);
});

test('logging out of nothing asks nothing', async () => {
  await open().logout();
  expect(paths()).toEqual([]);
});
