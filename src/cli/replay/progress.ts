import type { Clock } from '../../support/clock.ts';

export interface Progress {
  step(): void;
  end(): void;
}
interface Screen {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const TERMINAL_EVERY_MS = 200;
const LOG_EVERY_MS = 10_000;
/** Fewer are over before anybody wonders. */
const WORTH_TELLING = 50;

/** How far many of something are: one line that is written over in a terminal, a line now and then elsewhere. */
export function createProgress(total: number, clock: Clock, screen: Screen): Progress {
  const terminal = screen.isTTY === true;
  const startedMs = clock.monotonicMs();
  let [done, toldMs, shown] = [0, startedMs, false];
  const tell = (nowMs: number): void => {
    const rate = (done / Math.max(1, nowMs - startedMs)) * 1_000;
    const text = `replayed ${done.toLocaleString('en')} of ${total.toLocaleString('en')}, ${rate.toFixed(0)}/s`;
    screen.write(terminal ? `\r${text}\u001b[K` : `${text}\n`);
    [toldMs, shown] = [nowMs, true];
  };
  return {
    step: () => {
      done += 1;
      const nowMs = clock.monotonicMs();
      if (total >= WORTH_TELLING && nowMs - toldMs >= (terminal ? TERMINAL_EVERY_MS : LOG_EVERY_MS))
        tell(nowMs);
    },
    end: () => {
      if (terminal && shown) screen.write('\r\u001b[K');
    },
  };
}
