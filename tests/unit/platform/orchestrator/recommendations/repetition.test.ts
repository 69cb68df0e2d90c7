import { describe, expect, it } from 'vitest';

import type { ReplacementPlan } from '../../../../../src/contracts/api/recommendations.ts';
import { placesOf } from '../../../../../src/platform/orchestrator/recommendations/plans.ts';
import { sameSubject } from '../../../../../src/platform/orchestrator/recommendations/repetition.ts';
import { planOf } from '../conflicts/parties.ts';

describe('two plans', () => {
  it('have the same subject on one deployment; two lost nodes are two subjects', () => {
    expect(sameSubject(planOf('spot_migration'), planOf('spot_migration'))).toBe(true);
    expect(sameSubject(planOf('spot_migration'), planOf('spot_migration', 'other'))).toBe(false);
    const lost = planOf('replacement') as ReplacementPlan;
    expect(sameSubject(lost, lost)).toBe(true);
    expect(sameSubject(lost, { ...lost, lost_instance_id: 'i-other' })).toBe(false);
  });
});

describe('the places of a plan', () => {
  it('are where it runs and, for a placement elsewhere, where it goes', () => {
    expect(placesOf(planOf('scale_in'))).toEqual([{ provider: 'aws', region: 'us-east-1' }]);
    expect(placesOf(planOf('placement'))).toEqual([
      { provider: 'aws', region: 'us-east-1' },
      { provider: 'gcp', region: 'us-central1' },
    ]);
  });
});
