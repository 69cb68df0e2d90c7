import { expect, it } from 'vitest';

import { readyTimes } from '../../../../../scripts/bench/sections/environment.ts';

it('reads from the lines of `e2e up` when each process was ready', () => {
  const output = [
    'removed what was left of an environment whose processes were gone (0 processes)',
    '✓ redis              ready in    62 ms  valkey 9.1.2, key written and read',
    '✓ cost-agent         ready in  1087 ms  ready with registration, clickhouse',
    'environment "bench" is up: 15 processes in 3.9 s, time scale 60',
  ].join('\n');
  expect(readyTimes(output)).toEqual({ redis: 62, 'cost-agent': 1_087 });
});
