import { ERRORS } from '../contracts/errors.ts';
import { EXIT_CODES } from '../contracts/runs.ts';
import { OptiInfraError, describeError } from '../support/errors.ts';
import { colours } from './colours.ts';

/** The exit code of anything thrown: that of its code in the table of errors, else infrastructure. */
export function exitCodeOf(error: unknown): number {
  if (isInterruption(error)) return EXIT_CODES.cancelled;
  if (!(error instanceof OptiInfraError)) return EXIT_CODES['infra-error'];
  const row = ERRORS[error.code];
  return 'exitCode' in row ? row.exitCode : EXIT_CODES['infra-error'];
}

/** What went wrong, the last lines of the log if there are some, and the mend. */
export function formatError(error: unknown): string {
  if (isInterruption(error)) return 'interrupted: what was started has been stopped';
  const { red, bold, dim } = colours('stderr');
  if (!(error instanceof OptiInfraError)) {
    const stack = error instanceof Error && error.stack !== undefined ? `\n${dim(error.stack)}` : '';
    return `${red(bold('error:'))} ${describeError(error)}${stack}`;
  }
  const lines = [`${red(bold('error:'))} ${describeError(error)} ${dim(`[${error.code}]`)}`];
  const log = error.details['logLines'];
  if (Array.isArray(log) && log.length > 0) {
    lines.push('  last log lines:', ...log.map((line) => `    ${dim(String(line))}`));
  }
  if (error.hint !== undefined) lines.push(`  mend: ${error.hint}`);
  return lines.join('\n');
}

/** Ctrl-C or SIGTERM while a command worked. */
export class Interruption extends Error {
  override readonly name = 'Interruption';
  constructor(signal: NodeJS.Signals) {
    super(`interrupted by ${signal}`);
  }
}

function isInterruption(error: unknown): boolean {
  return error instanceof Interruption;
}
