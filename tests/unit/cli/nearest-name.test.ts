import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { nearestName } from '../../../src/cli/nearest-name.ts';

const COMMANDS = ['up', 'down', 'health', 'doctor', 'list', 'run', 'show', 'approve'];

describe('nearestName', () => {
  it.each([
    ['dwn', 'down'],
    ['helath', 'health'],
    ['aprove', 'approve'],
    ['appr', 'approve'],
  ])('takes %s for %s', (typed, meant) => {
    expect(nearestName(typed, COMMANDS)).toBe(meant);
  });

  it('says nothing when no name is near', () => {
    expect(nearestName('migrate-everything', COMMANDS)).toBeUndefined();
    expect(nearestName('anything', [])).toBeUndefined();
  });

  it('finds every name that is typed right', () => {
    fc.assert(fc.property(fc.constantFrom(...COMMANDS), (name) => nearestName(name, COMMANDS) === name));
  });
});
