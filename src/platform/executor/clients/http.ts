import { ERRORS, type ErrorCode } from '../../../contracts/errors.ts';
import { OptiInfraError } from '../../../support/errors.ts';
import { exchange } from '../../../support/http-exchange.ts';

export interface HttpCall {
  readonly method?: 'GET' | 'PUT';
  readonly body?: unknown;
  /** Sent as `Authorization: Bearer`. */
  readonly key?: string;
}

const TIME_LIMIT_MS = 10_000;

/** One JSON call to another service. Its refusal keeps its code; silence and 5xx become DEPENDENCY_UNAVAILABLE. */
export async function callJson(service: string, url: URL, call: HttpCall = {}): Promise<unknown> {
  const response = await exchange(url, {
    method: call.method ?? 'GET',
    headers: {
      ...(call.key === undefined ? {} : { authorization: `Bearer ${call.key}` }),
      ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    signal: AbortSignal.timeout(TIME_LIMIT_MS),
  }).catch((cause: unknown) => {
    throw new OptiInfraError('DEPENDENCY_UNAVAILABLE', `${service} does not answer`, { cause });
  });
  const { text } = response;
  if (response.ok) return text === '' ? null : parse(service, text);
  throw refusal(service, call.method ?? 'GET', url, response.status, text);
}

function parse(service: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new OptiInfraError('MALFORMED_ANSWER', `${service} did not answer with JSON`, { cause });
  }
}

function refusal(service: string, method: string, url: URL, status: number, text: string): OptiInfraError {
  const message = `${service} refused ${method} ${url.pathname} with ${String(status)}: ${text.slice(0, 500)}`;
  if (status >= 500) return new OptiInfraError('DEPENDENCY_UNAVAILABLE', message);
  return new OptiInfraError(codeIn(text) ?? 'API_CALL_FAILED', message, { details: { status } });
}

function codeIn(text: string): ErrorCode | undefined {
  const code = /"code"\s*:\s*"([A-Z_]+)"/.exec(text)?.[1];
  return code !== undefined && code in ERRORS ? (code as ErrorCode) : undefined;
}
