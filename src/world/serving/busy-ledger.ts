/** How long the engine worked, readable over any window of the recent past. */
export interface BusyLedger {
  /** Adds a finished iteration. */
  add(durationMs: number): void;
  /** Marks the total at `worldMs`; `unfinishedMs` is what the iteration in progress has done so far. */
  mark(worldMs: number, unfinishedMs: number): void;
  /** Share of the `windowMs` before the last mark; of the time since the first mark where that is shorter. */
  share(windowMs: number): number;
}

interface Mark {
  readonly atMs: number;
  readonly busyMs: number;
}

/** Marks kept: an hour of world time at three seconds a mark, the pace of time scale 60. */
const KEPT_MARKS = 1_200;

class Ledger implements BusyLedger {
  #finishedMs = 0;
  #marks: Mark[] = [];

  add(durationMs: number): void {
    this.#finishedMs += durationMs;
  }

  mark(worldMs: number, unfinishedMs: number): void {
    const last = this.#marks.at(-1);
    if (last !== undefined && worldMs <= last.atMs) return;
    this.#marks.push({ atMs: worldMs, busyMs: this.#finishedMs + unfinishedMs });
    if (this.#marks.length > 2 * KEPT_MARKS) this.#marks = this.#marks.slice(-KEPT_MARKS);
  }

  share(windowMs: number): number {
    const last = this.#marks.at(-1);
    const first = this.#marks[0];
    if (last === undefined || first === undefined) return 0;
    const fromMs = Math.max(first.atMs, last.atMs - windowMs);
    if (fromMs >= last.atMs) return 0;
    return (last.busyMs - this.#busyAt(fromMs)) / (last.atMs - fromMs);
  }

  /** Between two marks the work is taken as even. */
  #busyAt(atMs: number): number {
    const marks = this.#marks;
    const after = marks.findLastIndex((mark) => mark.atMs <= atMs);
    const left = marks[after];
    const right = marks[after + 1];
    if (left === undefined) return 0;
    if (right === undefined) return left.busyMs;
    const share = (atMs - left.atMs) / (right.atMs - left.atMs);
    return left.busyMs + share * (right.busyMs - left.busyMs);
  }
}

export function createBusyLedger(): BusyLedger {
  return new Ledger();
}
