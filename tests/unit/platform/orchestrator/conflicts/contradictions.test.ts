import { describe, expect, it } from 'vitest';

import type { PlanKind } from '../../../../../src/contracts/api/recommendations.ts';
import {
  contradiction,
  sharedResource,
} from '../../../../../src/platform/orchestrator/conflicts/contradictions.ts';
import { planOf } from './parties.ts';

const KINDS: readonly PlanKind[] = [
  'spot_migration',
  'configuration_change',
  'scale_in',
  'placement',
  'replacement',
  'hybrid',
];
const PAIRS = KINDS.flatMap((a) => KINDS.map((b) => [a, b] as const));

describe('contradictions', () => {
  it.each(PAIRS)('are symmetric: %s and %s', (a, b) => {
    expect(contradiction(planOf(a), planOf(b))).toBe(contradiction(planOf(b), planOf(a)));
  });

  it.each([
    ['spot_migration', 'configuration_change', false],
    ['spot_migration', 'scale_in', true],
    ['spot_migration', 'placement', true],
    ['spot_migration', 'replacement', false],
    ['configuration_change', 'configuration_change', true],
    ['configuration_change', 'scale_in', false],
    ['configuration_change', 'placement', false],
    ['configuration_change', 'replacement', false],
    ['scale_in', 'scale_in', true],
    ['scale_in', 'placement', true],
    ['scale_in', 'replacement', true],
    ['placement', 'placement', true],
    ['placement', 'replacement', true],
    ['replacement', 'replacement', false],
    ['spot_migration', 'spot_migration', true],
    ['hybrid', 'scale_in', true],
    ['hybrid', 'configuration_change', true],
    ['hybrid', 'replacement', false],
    ['hybrid', 'hybrid', true],
    ['hybrid', 'placement', true],
    ['hybrid', 'spot_migration', true],
  ] as const)('say of %s and %s: %s', (a, b, contradictory) => {
    expect(contradiction(planOf(a), planOf(b)) !== undefined).toBe(contradictory);
  });
});

describe('a shared resource', () => {
  it('is the deployment, or an instance of two, and nothing where all is apart', () => {
    const one = planOf('scale_in', 'one');
    expect(sharedResource(one, planOf('spot_migration', 'one'))).toBe('deployment one');
    expect(sharedResource(one, planOf('spot_migration', 'two'))).toBeUndefined();
    expect(sharedResource(one, { ...planOf('scale_in', 'one'), deployment: 'two' })).toBe('instance one-2');
  });
});
