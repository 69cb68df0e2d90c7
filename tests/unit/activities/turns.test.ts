import { describe, expect, it } from 'vitest';

import { leaseFaults, type LeaseEntry } from '../../../activities/lease-turns.ts';
import { gapsOnShared, overlapsOfDisjoint, type Turn } from '../../../activities/turns.ts';

const turn = (deployment: string, beganMs: number, endedMs: number): Turn => ({
  id: `${deployment}-${String(beganMs)}`,
  deployment,
  beganMs,
  endedMs,
});

describe('turns', () => {
  it('of two deployments overlap as long as both are changed', () => {
    expect(overlapsOfDisjoint([turn('a', 0, 10), turn('b', 4, 12), turn('a', 11, 20)])).toEqual([6]);
  });

  it('of which one waits for the other do not overlap', () => {
    expect(overlapsOfDisjoint([turn('a', 0, 10), turn('b', 10, 12)])).toEqual([0]);
    expect(overlapsOfDisjoint([turn('a', 0, 10), turn('b', 15, 17)])).toEqual([0]);
  });

  it('say of each pair of three deployments', () => {
    expect(overlapsOfDisjoint([turn('a', 0, 10), turn('b', 5, 10), turn('c', 20, 30)])).toEqual([5, 0, 0]);
  });

  it('on one deployment have gaps between them, whatever the order in which they are told', () => {
    expect(gapsOnShared([turn('a', 12, 20), turn('a', 0, 10), turn('b', 0, 30)])).toEqual([2]);
  });

  it('on one deployment that overlap, even with the one before the last, have a negative gap', () => {
    expect(gapsOnShared([turn('a', 0, 10), turn('a', 9, 20)])).toEqual([-1]);
    expect(gapsOnShared([turn('a', 0, 30), turn('a', 31, 32), turn('a', 29, 31)])).toEqual([-1, 0]);
  });

  it('prove nothing where there is one only', () => {
    expect(overlapsOfDisjoint([turn('a', 0, 10)])).toEqual([]);
    expect(gapsOnShared([turn('a', 0, 10)])).toEqual([]);
  });
});

describe('leases', () => {
  const taken = (holder: string, token: number): LeaseEntry => ({
    action: 'lease.acquired',
    deployment: 'a',
    holder,
    token,
  });
  const given = (holder: string, token: number): LeaseEntry => ({
    ...taken(holder, token),
    action: 'lease.released',
  });

  it('taken and given back in turn with growing tokens are without fault', () => {
    const entries = [taken('one', 1), given('one', 1), taken('two', 2), given('two', 2)];
    expect(leaseFaults('a', entries)).toEqual([]);
  });

  it.each<[string, LeaseEntry[], string]>([
    ['taken while held', [taken('one', 1), taken('two', 2)], 'two came while one held it'],
    ['given back by another', [taken('one', 1), given('two', 1)], 'two came while one held it'],
    ['given back by nobody', [given('one', 1)], 'gave back what nobody held'],
    [
      'with the same token again',
      [taken('one', 1), given('one', 1), taken('two', 1), given('two', 1)],
      'token 1 after 1',
    ],
  ])('%s are faults', (_what, entries, fault) => {
    expect(leaseFaults('a', entries).join()).toContain(fault);
  });
});
