import { randomInt } from 'node:crypto';

import { toTimestamp, type Clock } from '../../support/clock.ts';

/** `20261122-134501-k3f9`: sorts by start, is short enough to type, and no two are alike. */
export function newRunId(clock: Clock): string {
  const [date = '', time = ''] = toTimestamp(clock.wallMs()).slice(0, 19).replaceAll(/[-:]/g, '').split('T');
  return `${date}-${time}-${randomInt(36 ** 3, 36 ** 4).toString(36)}`;
}

export function newSeed(): number {
  return randomInt(1, 1_000_000);
}
