import { EventEmitter } from 'node:events';

/**
 * Wakes a waiting loop or long poll in this process at once. A signal may be missed (another process wrote the row),
 * so whoever waits also looks again after `timeoutMs`: signals save time, they carry no truth.
 */
export interface Signals {
  notify(topic: SignalTopic): void;
  /** Resolves at the next `notify` of the topic, after `timeoutMs`, or when `abort` fires, whichever comes first. */
  wait(topic: SignalTopic, timeoutMs: number, abort?: AbortSignal): Promise<void>;
}
export type SignalTopic =
  'tasks' | 'deliveries' | `loop:${string}` | `desired-state:${string}` | `golden-runs:${string}`;

export function createSignals(): Signals {
  const emitter = new EventEmitter().setMaxListeners(0);
  return {
    notify: (topic) => void emitter.emit(topic),
    wait: (topic, timeoutMs, abort) =>
      new Promise((resolve) => {
        const finish = (): void => {
          clearTimeout(timer);
          emitter.off(topic, finish);
          abort?.removeEventListener('abort', finish);
          resolve();
        };
        const timer = setTimeout(finish, timeoutMs);
        emitter.on(topic, finish);
        if (abort?.aborted === true) finish();
        else abort?.addEventListener('abort', finish, { once: true });
      }),
  };
}
