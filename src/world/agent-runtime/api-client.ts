import { request, type Dispatcher } from 'undici';

import { describeError } from '../../support/errors.ts';

/** How a call to the platform ended, seen from a client that must not lose anything. */
export type ApiAnswer =
  | { readonly kind: 'ok'; readonly status: number; readonly body: unknown }
  /** The platform understood and said no: the same call again would get the same answer. */
  | { readonly kind: 'refused'; readonly status: number; readonly reason: string }
  /** Nobody answered, or not now: worth another try. */
  | { readonly kind: 'unavailable'; readonly reason: string; readonly retryAfterMs: number | undefined };

interface ApiCall {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly token: string;
  /** JSON text; kept as text so that a retry sends the very same bytes. */
  readonly body?: string;
  readonly timeoutMs?: number;
  readonly signal: AbortSignal;
}
export type ApiClient = (call: ApiCall) => Promise<ApiAnswer>;

const CALL_TIMEOUT_MS = 10_000;
/** Answers that a later try may turn into success: timeouts, limits, and everything the server blames on itself. */
const RETRYABLE_STATUSES = new Set([408, 425, 429]);

/** The platform's public HTTP contract, as any customer's machine calls it. Aborting `signal` throws, all else is an answer. */
export function createApiClient(apiUrl: string, dispatcher?: Dispatcher): ApiClient {
  const origin = apiUrl.replace(/\/+$/, '');
  return async (call) => {
    try {
      return await send(origin, call, dispatcher);
    } catch (error) {
      call.signal.throwIfAborted();
      return { kind: 'unavailable', reason: describeError(error), retryAfterMs: undefined };
    }
  };
}

async function send(origin: string, call: ApiCall, dispatcher: Dispatcher | undefined): Promise<ApiAnswer> {
  const timeout = AbortSignal.timeout(call.timeoutMs ?? CALL_TIMEOUT_MS);
  const { statusCode, headers, body } = await request(`${origin}${call.path}`, {
    method: call.method,
    headers: {
      authorization: `Bearer ${call.token}`,
      ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    body: call.body ?? null,
    signal: AbortSignal.any([call.signal, timeout]),
    ...(dispatcher === undefined ? {} : { dispatcher }),
  });
  const text = await body.text();
  if (statusCode < 300) {
    return { kind: 'ok', status: statusCode, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
  }
  const reason = `${call.path.split('?')[0] ?? ''} answered ${statusCode}: ${text.slice(0, 500)}`;
  if (statusCode >= 500 || RETRYABLE_STATUSES.has(statusCode)) {
    return { kind: 'unavailable', reason, retryAfterMs: retryAfterMs(headers['retry-after']) };
  }
  return { kind: 'refused', status: statusCode, reason };
}

function retryAfterMs(header: string | string[] | undefined): number | undefined {
  const seconds = typeof header === 'string' ? Number(header) : Number.NaN;
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : undefined;
}
