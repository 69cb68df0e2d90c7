import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { text } from 'node:stream/consumers';

export interface HttpExchange {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Ends the exchange, its answer included. */
  readonly signal: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  /** 2xx. */
  readonly ok: boolean;
  readonly text: string;
}

/**
 * One small call by `node:http`, on a connection of its own. For what a service says while it starts: the first `fetch`
 * of a process loads a tenth of a second of code (docs/performance.md). Redirects are not followed. Rejects with the
 * reason of `signal`, or as the socket does.
 */
export async function exchange(url: URL, call: HttpExchange): Promise<HttpAnswer> {
  call.signal.throwIfAborted();
  const open = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => {
      const reason: unknown = call.signal.aborted ? call.signal.reason : error;
      reject(reason instanceof Error ? reason : new Error(String(reason)));
    };
    const request = open(
      url,
      {
        method: call.method ?? 'GET',
        agent: false,
        signal: call.signal,
        headers: {
          ...call.headers,
          ...(call.body === undefined ? {} : { 'content-length': Buffer.byteLength(call.body) }),
        },
      },
      (response) => {
        const status = response.statusCode ?? 0;
        text(response).then(
          (body) => resolve({ status, ok: status >= 200 && status < 300, text: body }),
          fail,
        );
      },
    );
    request.once('error', fail);
    request.end(call.body);
  });
}
