import type { AgentTaskAnswer } from '../../../contracts/api/orchestration.ts';
import { describeError } from '../../../support/errors.ts';
import { readAnswer } from './answer-schema.ts';
import type { AttemptOutcome } from './retry.ts';
import type { TaskRow } from './store.ts';

export type Delivery =
  | { readonly kind: 'answered'; readonly answer: AgentTaskAnswer }
  | Exclude<AttemptOutcome, { kind: 'answered' }>;

export interface DeliveryOptions {
  readonly endpoint: string;
  readonly agentKey: string;
  readonly limitMs: number;
  /** Fires when this process stops: the delivery is then nobody's fault and rejects. */
  readonly stopping: AbortSignal;
}

/** The connection was never made, so the agent cannot have begun. */
const NEVER_REACHED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'UND_ERR_CONNECT_TIMEOUT']);

/** Sends one task to one agent instance and reads the answer; whatever goes wrong is told by kind. */
export async function deliverTask(task: TaskRow, options: DeliveryOptions): Promise<Delivery> {
  const limit = AbortSignal.timeout(options.limitMs);
  try {
    const response = await fetch(new URL('/tasks', options.endpoint), {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${options.agentKey}` },
      body: JSON.stringify(task.payload),
      signal: AbortSignal.any([limit, options.stopping]),
    });
    const text = await response.text();
    return response.ok ? readBody(task, text) : refused(response.status, text);
  } catch (error) {
    if (options.stopping.aborted) throw error;
    if (limit.aborted) {
      return { kind: 'timeout', fault: `no answer within ${String(options.limitMs)} ms` };
    }
    const fault = describeError(error);
    return NEVER_REACHED.has(socketCode(error)) ? { kind: 'undelivered', fault } : { kind: 'failed', fault };
  }
}

function readBody(task: TaskRow, text: string): Delivery {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    return { kind: 'failed', fault: `malformed answer: ${describeError(error)}` };
  }
  const reading = readAnswer(task.id, task.type, body);
  return reading.ok
    ? { kind: 'answered', answer: reading.answer }
    : { kind: 'failed', fault: `malformed answer: ${reading.fault}` };
}

function refused(status: number, text: string): Delivery {
  return { kind: 'failed', fault: `the agent answered ${String(status)}: ${text.slice(0, 300)}` };
}

function socketCode(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : '';
}
