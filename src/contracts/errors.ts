/**
 * Every error code, where it surfaces and what it means. `status` is the HTTP status of the problem+json answer,
 * `exitCode` that of the command. A test reads this table and the docs show it.
 */
export const ERRORS = {
  // platform, seen by API callers
  VALIDATION_FAILED: {
    status: 400,
    meaning: 'The request does not fit its schema; `errors` names each field.',
  },
  UNAUTHENTICATED: { status: 401, meaning: 'No valid token or key was presented.' },
  FORBIDDEN: { status: 403, meaning: 'The caller may not act on this customer or route.' },
  NOT_FOUND: { status: 404, meaning: 'No such thing, or not visible to the caller.' },
  ALREADY_EXISTS: { status: 409, meaning: 'A unique value is taken.' },
  ALREADY_DECIDED: { status: 409, meaning: 'The recommendation was approved, rejected or has expired.' },
  NOT_VALIDATED: { status: 409, meaning: 'The recommendation lacks validations or was vetoed.' },
  INVALID_STATE: { status: 409, meaning: 'The thing is not in a state that allows this.' },
  DEPENDENCY_CYCLE: {
    status: 409,
    meaning: 'The recommendations depend on each other in a circle, which is named.',
  },
  STALE_LEASE: {
    status: 409,
    meaning: 'Another optimization holds the deployment now; the writer is out of date.',
  },
  IDEMPOTENCY_MISMATCH: { status: 409, meaning: 'The Idempotency-Key was used with another request.' },
  BODY_TOO_LARGE: { status: 413, meaning: 'The body is over the limit.' },
  QUERY_TOO_LONG: { status: 414, meaning: 'The query string is over 2,048 characters.' },
  RATE_LIMITED: { status: 429, meaning: 'Too many requests in this minute; see Retry-After.' },
  INTERNAL: { status: 500, meaning: 'A fault of ours; the log holds the details under the request id.' },
  NO_HEALTHY_AGENT: { status: 503, meaning: 'No agent of this type is healthy.' },
  DEPENDENCY_UNAVAILABLE: { status: 503, meaning: 'A store or service this needs does not answer.' },
  // platform, inside
  CLOUD_REFUSED: { status: 502, meaning: 'The cloud provider refused a call.' },
  NO_SPOT_CAPACITY: { status: 409, meaning: 'No spot capacity in any allowed pool.' },
  MALFORMED_ANSWER: { status: 502, meaning: 'An agent answered with something its schema does not allow.' },
  TASK_TIMEOUT: { status: 504, meaning: 'An agent did not answer within the limit.' },
  // world
  PRICE_REJECTED: { status: 422, meaning: 'A price row is impossible (spot above on demand).' },
  UNKNOWN_SITE: { status: 404, meaning: 'The world has no such site.' },
  // harness
  USAGE: { exitCode: 2, meaning: 'The command line is wrong.' },
  ENVIRONMENT_DOWN: { exitCode: 3, meaning: 'No environment is running under this name.' },
  ENVIRONMENT_MISMATCH: { exitCode: 3, meaning: 'The running environment is not what the scenario needs.' },
  ENVIRONMENT_BUSY: { exitCode: 3, meaning: 'Another command is starting or stopping this environment.' },
  PORT_BUSY: { exitCode: 3, meaning: 'A port is taken by another process.' },
  BINARY_MISSING: { exitCode: 3, meaning: 'A program the environment needs is not installed.' },
  PROCESS_DIED: { exitCode: 3, meaning: 'A process ended while it was starting.' },
  NOT_READY: { exitCode: 3, meaning: 'A process did not become ready in time.' },
  ENGINE_REFUSED: { exitCode: 3, meaning: 'An engine refused a call that should work.' },
  TEMPORAL_UNREACHABLE: { exitCode: 3, meaning: 'Temporal does not answer.' },
  NO_WORKER: { exitCode: 3, meaning: 'No worker polls the task queue.' },
  RECORD_UNREADABLE: { exitCode: 3, meaning: 'The stored record of a run is broken.' },
  RUN_STUCK: { exitCode: 3, meaning: 'A run stands still because its workflow code fails.' },
  UNKNOWN_RUN: { exitCode: 2, meaning: 'No run has this id.' },
  UNKNOWN_SCHEDULE: { exitCode: 2, meaning: 'No schedule has this name.' },
  SCHEDULE_EXISTS: { exitCode: 2, meaning: 'A schedule of this name is there already.' },
  RERUN_REFUSED: {
    exitCode: 2,
    meaning: 'The run cannot be repeated from this phase; the message says why.',
  },
  DECISION_REFUSED: { exitCode: 2, meaning: 'The run did not take the decision; the message says why.' },
  WAIT_TIMEOUT: { exitCode: 1, meaning: 'An awaited condition did not hold in time.' },
  API_CALL_FAILED: { exitCode: 3, meaning: 'A call to the platform failed.' },
} as const satisfies Record<string, { status?: number; exitCode?: number; meaning: string }>;

export type ErrorCode = keyof typeof ERRORS;

/** RFC 9457 body of every error answer of the platform. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ErrorCode;
  readonly request_id: string;
  /** Field errors of `VALIDATION_FAILED`: JSON path and what was expected. */
  readonly errors?: readonly { readonly field: string; readonly message: string }[];
}
