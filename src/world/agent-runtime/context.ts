import type { Clock } from '../../support/clock.ts';
import type { IdSource } from '../../support/ids.ts';
import type { Logger } from '../../support/logging.ts';
import type { ApiAnswer } from './api-client.ts';
import type { RuntimeHost } from './host.ts';

/** What the loops of a connected runtime share. */
export interface RuntimeContext {
  readonly host: RuntimeHost;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly logger: Logger;
  /** Ends every loop. */
  readonly signal: AbortSignal;
  /** A call with the runtime token. */
  call(method: 'GET' | 'POST', path: string, body?: string, timeoutMs?: number): Promise<ApiAnswer>;
}

/** The platform no longer accepts this runtime; nothing it could retry would help. */
export class RuntimeRefused extends Error {
  override readonly name = 'RuntimeRefused';
}
