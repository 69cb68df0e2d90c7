import type { RunReporter } from './events.ts';

/** `--json`: one event an object, one object a line. */
export function createJsonReporter(write: (text: string) => void): RunReporter {
  return { report: (event) => write(`${JSON.stringify(event)}\n`) };
}
