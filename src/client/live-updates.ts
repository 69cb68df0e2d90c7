import { WebSocket } from 'ws';

import { CLOSE_CODES, type LiveEvent, type LiveMessage } from '../contracts/api/events.ts';
import type { Clock } from '../support/clock.ts';
import { OptiInfraError } from '../support/errors.ts';

/** The customer's event stream. Reconnects by itself from the last event it saw, so nothing is missed. */
export interface LiveUpdates extends AsyncDisposable {
  /** Events received so far, in order of arrival. */
  received(): readonly LiveEvent[];
  /** Set once the server refused the stream; no reconnection follows. */
  refused(): { readonly code: number; readonly reason: string } | null;
}

export interface LiveUpdatesOptions {
  /** The orchestrator, `http://127.0.0.1:8001`, or the portal's `/api`. */
  readonly baseUrl: string;
  readonly customerId: string;
  readonly accessToken: () => Promise<string>;
  readonly clock: Clock;
  /** Sequence of the last event already known; 0 replays all. */
  readonly cursor?: number;
}

const RECONNECT_AFTER_MS = 200;

export function openLiveUpdates(options: LiveUpdatesOptions): LiveUpdates {
  const events: LiveEvent[] = [];
  let cursor = options.cursor ?? 0;
  let refusal: { code: number; reason: string } | null = null;
  let socket: WebSocket | null = null;
  const closing = new AbortController();

  const take = (message: LiveMessage): void => {
    if (message.kind !== 'event') return;
    cursor = message.event.sequence;
    events.push(message.event);
  };
  const connectOnce = async (): Promise<void> => {
    const token = await options.accessToken();
    // Closed while the token was on its way: nobody would close this socket any more.
    if (closing.signal.aborted) return;
    const url = new URL(`${options.baseUrl}/ws/customers/${encodeURIComponent(options.customerId)}`);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    url.searchParams.set('cursor', String(cursor));
    const opened = new WebSocket(url, { headers: { authorization: `Bearer ${token}` } });
    socket = opened;
    await new Promise<void>((resolve, reject) => {
      opened.on('message', (data: Buffer) => {
        try {
          take(JSON.parse(data.toString()) as LiveMessage);
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
          opened.terminate();
        }
      });
      // An error is always followed by `close`; without a listener it would end the process.
      opened.on('error', () => undefined);
      opened.on('close', (code, reason) => {
        const isRefusal = Object.values<number>(CLOSE_CODES).includes(code);
        if (isRefusal) refusal = { code, reason: reason.toString() };
        resolve();
      });
    });
  };

  const stopped = (): boolean => closing.signal.aborted || refusal !== null;
  const follow = async (): Promise<void> => {
    while (!stopped()) {
      await connectOnce();
      if (!stopped()) await options.clock.sleepWall(RECONNECT_AFTER_MS);
    }
  };
  const followed = follow();
  // The failure is kept and raised when the stream is closed, not as an unhandled rejection in between.
  const failure = followed.then(
    () => null,
    (error: unknown) => error,
  );
  return {
    received: () => events,
    refused: () => refusal,
    [Symbol.asyncDispose]: async () => {
      closing.abort();
      socket?.close();
      const error = await failure;
      if (error !== null)
        throw new OptiInfraError('API_CALL_FAILED', 'the live updates broke off', { cause: error });
    },
  };
}
