import type { History } from '@temporalio/common/lib/proto-utils.js';
import proto from '@temporalio/proto';

const { History: Message } = proto.temporal.api.history.v1;

/**
 * A history without what tells of the machine that it was made on: stack traces, names of processes and the path of
 * the checkout. Replaying reads none of it.
 */
export function scrubHistory(history: History, checkout: string): History {
  return Message.fromObject(scrubbed(Message.toObject(Message.fromObject(history)), checkout) as object);
}

/** `23521@host` and what is named after it. */
const PROCESS = /^\d+@[\w.-]+$/;

function scrubbed(value: unknown, checkout: string, key = ''): unknown {
  if (key === 'stackTrace') return '';
  if (typeof value === 'string')
    return PROCESS.test(value) ? 'worker' : value.replaceAll(checkout, '/checkout');
  if (value instanceof Uint8Array) {
    return Buffer.from(Buffer.from(value).toString('utf8').replaceAll(checkout, '/checkout'));
  }
  if (Array.isArray(value)) return value.map((each: unknown) => scrubbed(each, checkout));
  if (typeof value !== 'object' || value === null || 'unsigned' in value) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, scrubbed(each, checkout, name)]),
  );
}
