import { request } from 'undici';

import { ERRORS, type ErrorCode, type Problem } from '../contracts/errors.ts';
import { OptiInfraError, describeError } from '../support/errors.ts';

/** The platform answered with a problem. `status` and `problem` are as it said. */
export class ApiError extends OptiInfraError {
  readonly status: number;
  readonly problem: Problem | null;

  constructor(call: string, status: number, problem: Problem | null, body: string) {
    const code: ErrorCode =
      problem !== null && Object.hasOwn(ERRORS, problem.code) ? problem.code : 'API_CALL_FAILED';
    super(code, `${call} → ${String(status)}: ${problem?.detail ?? body.slice(0, 200)}`, {
      details: { status, requestId: problem?.request_id },
    });
    this.status = status;
    this.problem = problem;
  }
}

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path below the base URL, identifiers already encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  /** Wall milliseconds; 30 s unless told. */
  readonly timeoutMs?: number;
}

/**
 * One JSON call. An answer outside 2xx is an ApiError; no answer at all is `API_CALL_FAILED` with its cause.
 */
export async function callApi<T>(baseUrl: string, call: ApiRequest): Promise<T> {
  const url = new URL(`${baseUrl}${call.path}`);
  for (const [name, value] of Object.entries(call.query ?? {})) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  const label = `${call.method} ${url.pathname}`;
  const { status, text } = await exchange(url, call, label);
  if (status >= 200 && status < 300) return parseAnswer(label, text) as T;
  throw new ApiError(label, status, parseProblem(text), text);
}

async function exchange(
  url: URL,
  call: ApiRequest,
  label: string,
): Promise<{ status: number; text: string }> {
  const timeoutMs = call.timeoutMs ?? 30_000;
  try {
    const response = await request(url, {
      method: call.method,
      headers: {
        ...call.headers,
        ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: call.body === undefined ? null : JSON.stringify(call.body),
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      ...(call.signal === undefined ? {} : { signal: call.signal }),
    });
    return { status: response.statusCode, text: await response.body.text() };
  } catch (error) {
    throw new OptiInfraError(
      'API_CALL_FAILED',
      `${label} at ${url.host} did not answer: ${describeError(error)}`,
      {
        cause: error,
        hint: 'Is the environment up? `e2e health` shows every process.',
      },
    );
  }
}

/** Undefined for an empty body. */
function parseAnswer(label: string, text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch (cause) {
    throw new OptiInfraError('API_CALL_FAILED', `${label} answered with something other than JSON`, {
      cause,
      details: { body: text.slice(0, 200) },
    });
  }
}

/** Null when the body is no problem: a proxy's page, or nothing. */
function parseProblem(text: string): Problem | null {
  try {
    const value = JSON.parse(text) as Partial<Problem> | null;
    return typeof value?.code === 'string' && typeof value.detail === 'string' ? (value as Problem) : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
