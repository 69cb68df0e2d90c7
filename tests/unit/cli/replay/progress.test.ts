import { expect, it } from 'vitest';

import { createProgress } from '../../../../src/cli/replay/progress.ts';
import { createClock } from '../../../../src/support/clock.ts';

function watched(total: number, isTTY: boolean) {
  const clock = createClock({ wallMs: 0, worldMs: 0, timeScale: 1 });
  let nowMs = 0;
  const written: string[] = [];
  const progress = createProgress(
    total,
    { ...clock, monotonicMs: () => nowMs },
    { isTTY, write: (text: string) => written.push(text) },
  );
  const step = (times: number, takingMs: number): void => {
    for (let done = 0; done < times; done += 1) {
      nowMs += takingMs;
      progress.step();
    }
  };
  return { progress, written, step };
}

it('writes over one line in a terminal and wipes it at the end', () => {
  const { progress, written, step } = watched(1_000, true);
  step(100, 10);
  expect(written.at(-1)).toBe('\rreplayed 100 of 1,000, 100/s\u001b[K');
  progress.end();
  expect(written.at(-1)).toBe('\r\u001b[K');
});

it('writes a line now and then elsewhere', () => {
  const { written, step } = watched(1_000, false);
  step(1_000, 15);
  expect(written).toEqual(['replayed 667 of 1,000, 67/s\n']);
});

it('says nothing of few', () => {
  const { progress, written, step } = watched(10, true);
  step(10, 1_000);
  progress.end();
  expect(written).toEqual([]);
});
