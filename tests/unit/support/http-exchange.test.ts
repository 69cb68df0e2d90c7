import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

import { afterEach, describe, expect, it } from 'vitest';

import { exchange } from '../../../src/support/http-exchange.ts';

let server: Server | undefined;

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<URL> {
  server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/path?a=1`);
}

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

const patient = (): AbortSignal => AbortSignal.timeout(10_000);

describe('exchange', () => {
  it('sends method, path, headers and body, and gives status and text', async () => {
    const url = await serve((request, response) => {
      void text(request).then((body) => {
        response.writeHead(201);
        response.end(`${request.method} ${request.url} ${request.headers.authorization} ${body}`);
      });
    });
    const answer = await exchange(url, {
      method: 'PUT',
      headers: { authorization: 'Bearer key' },
      body: '{"name":"Müller"}',
      signal: patient(),
    });
    expect(answer).toEqual({
      status: 201,
      ok: true,
      text: 'PUT /path?a=1 Bearer key {"name":"Müller"}',
    });
  });

  it('gives a refusal as an answer, not as an error', async () => {
    const url = await serve((_request, response) => response.writeHead(503).end('not now'));
    expect(await exchange(url, { signal: patient() })).toEqual({ status: 503, ok: false, text: 'not now' });
  });

  it('rejects with what the socket says when nobody listens', async () => {
    const url = await serve(() => undefined);
    server?.close();
    await once(server!, 'close');
    await expect(exchange(url, { signal: patient() })).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('rejects with the reason of its signal while it waits for an answer', async () => {
    const stop = new AbortController();
    const url = await serve(() => stop.abort(new Error('shutting down')));
    await expect(exchange(url, { signal: stop.signal })).rejects.toThrow('shutting down');
  });

  it('rejects with the reason of its signal when the answer stays half', async () => {
    const stop = new AbortController();
    const url = await serve((_request, response) => {
      response.writeHead(200);
      response.write('half', () => stop.abort(new Error('enough')));
    });
    await expect(exchange(url, { signal: stop.signal })).rejects.toThrow('enough');
  });

  it('asks nobody when its signal has fired already', async () => {
    let asked = 0;
    const url = await serve((_request, response) => {
      asked += 1;
      response.end();
    });
    const signal = AbortSignal.abort(new Error('too late'));
    await expect(exchange(url, { signal })).rejects.toThrow('too late');
    expect(asked).toBe(0);
  });
});
