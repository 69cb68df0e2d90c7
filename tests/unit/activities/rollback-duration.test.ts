import { expect, test } from 'vitest';

import { rollbackWindow, secondsAtScaleOne } from '../../../activities/rollback-duration.ts';

const anchor = {
  wallMs: Date.parse('2026-11-25T04:00:00.000Z'),
  worldMs: Date.parse('2026-11-25T04:00:00.000Z'),
  timeScale: 60,
};
const status = (value: string, at: string, subject = 'opt_1') => ({
  action: 'optimization.status',
  subject,
  data: { status: value },
  at,
});
const told = [
  status('rolling_back', '2026-11-25T04:00:01.000Z'),
  status('rolled_back', '2026-11-25T04:00:06.000Z'),
];

test('a rollback takes from its beginning to its end, in world time', () => {
  const window = rollbackWindow(told, 'opt_1', anchor);
  expect(window).toEqual({ beganMs: anchor.worldMs + 60_000, endedMs: anchor.worldMs + 360_000 });
});

test('one that did not end, or another optimization’s, has no duration', () => {
  expect(rollbackWindow(told.slice(0, 1), 'opt_1', anchor)).toBeNull();
  expect(rollbackWindow(told, 'opt_2', anchor)).toBeNull();
});

const window = { beganMs: 0, endedMs: 600_000 };
const everySecond = (fromMs: number, toMs: number): number[] =>
  Array.from({ length: Math.max(0, (toMs - fromMs) / 1000) }, (_, index) => fromMs + index * 1000);
const steady = everySecond(-5_000, 620_000);

test('the platform’s own work is not stretched by a faster world', () => {
  expect(secondsAtScaleOne([steady], window, 60)).toBeCloseTo(10, 6);
});

test('a node that restarts is waited for at any scale', () => {
  const restarts = [...everySecond(-5_000, 100_000), ...everySecond(430_000, 620_000)];
  // 331 s without an answer, the other 269 s were work.
  expect(secondsAtScaleOne([steady, restarts], window, 60)).toBeCloseTo(331 + 269 / 60, 6);
});

test('nodes that restart side by side are waited for once, one after another twice', () => {
  const away = (fromMs: number, toMs: number): number[] => [
    ...everySecond(-5_000, fromMs),
    ...everySecond(toMs, 620_000),
  ];
  const together = secondsAtScaleOne([away(100_000, 300_000), away(150_000, 350_000)], window, 60);
  const inTurn = secondsAtScaleOne([away(100_000, 300_000), away(300_000, 500_000)], window, 60);
  expect(together).toBeCloseTo(251 + 349 / 60, 6);
  expect(inTurn).toBeCloseTo(401 + 199 / 60, 6);
});

test('a node that was given back is not waited for', () => {
  expect(secondsAtScaleOne([steady, everySecond(-5_000, 50_000)], window, 60)).toBeCloseTo(10, 6);
});

test('a node that boots for longer than five minutes makes the way back too long, however fast the platform', () => {
  const boots = everySecond(400_000, 620_000);
  expect(secondsAtScaleOne([steady, boots], window, 60)).toBeGreaterThan(300);
});

test('at scale 1 nothing is taken off', () => {
  expect(secondsAtScaleOne([steady], window, 1)).toBe(600);
});
