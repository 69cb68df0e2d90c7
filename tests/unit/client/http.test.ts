import { afterAll, beforeAll, expect, test } from 'vitest';

import { ApiError, callApi } from '../../../src/client/http.ts';
import { OptiInfraError } from '../../../src/support/errors.ts';
import { HttpStub, type StubAnswer } from '../../integration/support/http-stub.ts';

let server: HttpStub;
beforeAll(async () => {
  server = await new HttpStub(() => ({ status: 200, body: {} })).start();
});
afterAll(() => server[Symbol.asyncDispose]());

async function failure(answer: StubAnswer, timeoutMs = 5_000): Promise<OptiInfraError> {
  server.answer = () => answer;
  const call = callApi(server.url, { method: 'GET', path: '/customers/cus_1', timeoutMs });
  const error: unknown = await call.catch((thrown: unknown) => thrown);
  if (!(error instanceof OptiInfraError)) throw new Error('no OptiInfraError', { cause: error });
  return error;
}

test('query, body and headers are sent; what is undefined is left out', async () => {
  server.answer = () => ({ status: 200, body: { ok: true } });
  const answer = await callApi(server.url, {
    method: 'POST',
    path: '/customers/a%2Fb/analyze',
    query: { status: 'pending', cursor: undefined },
    headers: { authorization: 'Bearer t' },
    body: { agent_type: 'cost' },
  });
  expect(answer).toEqual({ ok: true });
  const seen = server.received.at(-1);
  expect(seen).toMatchObject({
    method: 'POST',
    path: '/customers/a%2Fb/analyze',
    body: { agent_type: 'cost' },
  });
  expect(seen?.query.toString()).toBe('status=pending');
  expect(seen?.headers).toMatchObject({ authorization: 'Bearer t', 'content-type': 'application/json' });
});

test('an empty answer is undefined', async () => {
  server.answer = () => ({ text: '' });
  expect(await callApi(server.url, { method: 'DELETE', path: '/sites/site_1' })).toBeUndefined();
});

test('a problem becomes an ApiError with its code, status and request id', async () => {
  const body = { code: 'ALREADY_DECIDED', detail: 'approved by dana', request_id: 'req_7' };
  const error = await failure({ status: 409, body });
  expect(error).toBeInstanceOf(ApiError);
  expect(error).toMatchObject({ code: 'ALREADY_DECIDED', status: 409, problem: body });
  expect(error.message).toBe('GET /customers/cus_1 → 409: approved by dana');
  expect(error.details['requestId']).toBe('req_7');
});

test.each([
  ['a code we do not know', { code: 'TEAPOT', detail: 'short and stout' }, 'short and stout'],
  ['a code that every object has', { code: 'toString', detail: 'odd' }, 'odd'],
  ['no problem at all', { oops: true }, '{"oops":true}'],
  ['null', null, 'null'],
])('a refusal with %s is API_CALL_FAILED and keeps the text', async (_, body, text) => {
  const error = await failure({ status: 500, body });
  expect(error).toMatchObject({ code: 'API_CALL_FAILED', status: 500 });
  expect(error.message).toBe(`GET /customers/cus_1 → 500: ${text}`);
});

test('no answer is API_CALL_FAILED that names the host and says where to look', async () => {
  const error = await failure('drop');
  expect(error).not.toBeInstanceOf(ApiError);
  expect(error.code).toBe('API_CALL_FAILED');
  expect(error.message).toContain(`GET /customers/cus_1 at ${new URL(server.url).host} did not answer`);
  expect(error.hint).toContain('e2e health');
  expect(error.cause).toBeInstanceOf(Error);
});

test('an answer that does not come in time is API_CALL_FAILED', async () => {
  expect((await failure('hang', 50)).message).toContain('did not answer');
});

test('an answer other than JSON is a failure that names the call', async () => {
  const error = await failure({ text: '<html>bad gateway</html>' });
  expect(error.code).toBe('API_CALL_FAILED');
  expect(error.message).toBe('GET /customers/cus_1 answered with something other than JSON');
  expect(error.details['body']).toBe('<html>bad gateway</html>');
});
