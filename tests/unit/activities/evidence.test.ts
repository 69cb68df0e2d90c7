import { expect, test } from 'vitest';

import { createEvidenceLog } from '../../../activities/evidence.ts';
import { stepClock } from '../client/step-clock.ts';

const ABOUT = { unit: 'ms', source: 'a test' };

test('keeps what was observed, in order, with its time', () => {
  const clock = stepClock();
  const log = createEvidenceLog(clock);
  log.record('latency.p95', 1_604, { ...ABOUT, sampleSize: 3_000 });
  clock.pass(1_000);
  log.record('latency.p99', null, ABOUT);
  expect(log.evidence).toEqual([
    {
      name: 'latency.p95',
      value: 1_604,
      ...ABOUT,
      sampleSize: 3_000,
      observedAt: '2026-11-22T12:00:00.000Z',
    },
    { name: 'latency.p99', value: null, ...ABOUT, sampleSize: null, observedAt: '2026-11-22T12:00:01.000Z' },
  ]);
});

test('refuses a name twice, and keeps the first', () => {
  const log = createEvidenceLog(stepClock());
  log.record('latency.p95', 1_604, ABOUT);
  expect(() => log.record('latency.p95', 900, ABOUT)).toThrow('evidence latency.p95 is recorded twice');
  expect(log.evidence.map(({ value }) => value)).toEqual([1_604]);
});
