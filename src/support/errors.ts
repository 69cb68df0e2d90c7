import type { ErrorCode } from '../contracts/errors.ts';

/** The one base of our errors: what went wrong (`code`), why (`cause`), with what (`details`) and the mend (`hint`). */
export class OptiInfraError extends Error {
  override readonly name = 'OptiInfraError';
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;
  /** What the reader can do about it, one sentence. */
  readonly hint: string | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; details?: Readonly<Record<string, unknown>>; hint?: string } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
    this.hint = options.hint;
  }
}

/** The text of anything thrown, its causes included. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : ` (${describeError(error.cause)})`;
  return `${error.message}${cause}`;
}
