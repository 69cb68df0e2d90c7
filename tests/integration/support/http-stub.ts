import { createServer, type IncomingMessage, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

export interface StubRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}
/** `hang` never answers, `drop` breaks the connection: what a dead process looks like from outside. */
export type StubAnswer =
  { readonly status: number; readonly body: unknown } | { readonly text: string } | 'hang' | 'drop';

/** A server whose answers a test decides: stands in for an agent, the executor or the market at the network's edge. */
export class HttpStub implements AsyncDisposable {
  readonly received: StubRequest[] = [];
  answer: (request: StubRequest) => StubAnswer | Promise<StubAnswer>;
  #server: Server | undefined;
  #port = 0;

  constructor(answer: HttpStub['answer']) {
    this.answer = answer;
  }

  get url(): string {
    return `http://127.0.0.1:${String(this.#port)}`;
  }

  /** Listens; after a `stop` on the same port again. */
  async start(): Promise<this> {
    const server = createServer((request, response) => {
      void readText(request).then(async (text) => {
        const url = new URL(request.url ?? '/', 'http://stub');
        const seen: StubRequest = {
          method: request.method ?? '',
          path: url.pathname,
          query: url.searchParams,
          headers: request.headers,
          body: text === '' ? null : (JSON.parse(text) as unknown),
        };
        this.received.push(seen);
        const answer = await this.answer(seen);
        if (answer === 'hang') return;
        if (answer === 'drop') return void request.socket.destroy();
        response.statusCode = 'status' in answer ? answer.status : 200;
        response.setHeader('content-type', 'application/json');
        response.end('text' in answer ? answer.text : JSON.stringify(answer.body));
      });
    });
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
    return this;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
