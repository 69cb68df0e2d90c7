import { z } from 'zod';

import { OptiInfraError } from '../../../support/errors.ts';
import { exchange, type HttpAnswer } from '../../../support/http-exchange.ts';

export interface JsonRequest {
  readonly method?: 'GET' | 'POST';
  readonly body?: unknown;
  /** Presented as a bearer key; never part of an error. */
  readonly key?: string;
  readonly signal?: AbortSignal | undefined;
}

const CALL_LIMIT_MS = 10_000;

/**
 * One JSON call to a service of ours, its answer checked.
 * @throws OptiInfraError `DEPENDENCY_UNAVAILABLE` with the address, and the HTTP status in `details.status` if it answered.
 */
export async function callJson<T>(url: URL, schema: z.ZodType<T>, request: JsonRequest = {}): Promise<T> {
  const where = `${request.method ?? 'GET'} ${url.origin}${url.pathname}`;
  const response = await send(url, where, request);
  if (!response.ok) {
    const text = response.text.slice(0, 500);
    throw new OptiInfraError('DEPENDENCY_UNAVAILABLE', `${where} answered ${response.status}: ${text}`, {
      details: { status: response.status },
    });
  }
  const { text } = response;
  const read = schema.safeParse(text === '' ? null : parseJson(text, where));
  if (read.success) return read.data;
  throw new OptiInfraError(
    'DEPENDENCY_UNAVAILABLE',
    `${where} answered in another shape: ${z.prettifyError(read.error)}`,
  );
}

function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new OptiInfraError('DEPENDENCY_UNAVAILABLE', `${where} did not answer with JSON`, { cause: error });
  }
}

/** Below the base, which may have a path of its own. */
export function urlBelow(baseUrl: string, path: string): URL {
  return new URL(`${baseUrl.replace(/\/+$/, '')}${path}`);
}

async function send(url: URL, where: string, request: JsonRequest): Promise<HttpAnswer> {
  const limit = AbortSignal.timeout(CALL_LIMIT_MS);
  const headers: Record<string, string> = { accept: 'application/json' };
  if (request.key !== undefined) headers['authorization'] = `Bearer ${request.key}`;
  if (request.body !== undefined) headers['content-type'] = 'application/json';
  try {
    return await exchange(url, {
      method: request.method ?? 'GET',
      headers,
      signal: request.signal === undefined ? limit : AbortSignal.any([limit, request.signal]),
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
    });
  } catch (error) {
    throw new OptiInfraError('DEPENDENCY_UNAVAILABLE', `${where} did not answer`, { cause: error });
  }
}
