import { describe, expect, it } from 'vitest';

import { DEFAULT_SETTINGS } from '../../../../src/environment/index.ts';
import { settingsDifferences } from '../../../../src/environment/state/launch-record.ts';

describe('settingsDifferences', () => {
  it('finds none between the same settings, whatever the order of names', () => {
    const shuffled = { ...DEFAULT_SETTINGS, only: DEFAULT_SETTINGS.only.toReversed() };
    expect(settingsDifferences(DEFAULT_SETTINGS, shuffled)).toEqual([]);
  });

  it('names each option that differs, with both values', () => {
    const asked = { ...DEFAULT_SETTINGS, timeScale: 1, coldStart: 'baked', ports: 'auto' } as const;
    expect(settingsDifferences(DEFAULT_SETTINGS, asked)).toEqual([
      '--time-scale is 60, asked 1',
      '--cold-start is standard, asked baked',
      '--ports is default, asked auto',
    ]);
  });

  it('tells an environment whose coverage is measured from one whose is not', () => {
    const asked = { ...DEFAULT_SETTINGS, coverage: '/project/coverage/raw' };
    expect(settingsDifferences(DEFAULT_SETTINGS, asked)).toEqual([
      '--coverage is off, asked /project/coverage/raw',
    ]);
  });
});
