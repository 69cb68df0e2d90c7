import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { DEFAULT_PREFERENCES } from '../../../../../src/platform/orchestrator/customers/default-preferences.ts';
import {
  applyPatch,
  preferencesPatchSchema,
  preferencesSchema,
} from '../../../../../src/platform/orchestrator/customers/preferences.ts';

const share = fc.double({ min: 0, max: 1, noNaN: true });
const patch = fc.record(
  {
    cost_priority: share,
    quality_priority: share,
    minimum_on_demand_share: share,
    always_require_approval: fc.boolean(),
    slo: fc.record(
      { error_rate: share, quality_score: share, latency_ms_p95: fc.integer({ min: 1, max: 2_000 }) },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: [] },
);

describe('applyPatch', () => {
  it('changes what is sent and nothing else', () => {
    fc.assert(
      fc.property(patch, (sent) => {
        const changed = applyPatch(DEFAULT_PREFERENCES, preferencesPatchSchema.parse(sent));
        expect(changed).toEqual({
          ...DEFAULT_PREFERENCES,
          ...sent,
          slo: { ...DEFAULT_PREFERENCES.slo, ...sent.slo },
        });
      }),
    );
  });

  it('is the same once or twice', () => {
    fc.assert(
      fc.property(patch, (sent) => {
        const once = applyPatch(DEFAULT_PREFERENCES, preferencesPatchSchema.parse(sent));
        expect(applyPatch(once, preferencesPatchSchema.parse(sent))).toEqual(once);
      }),
    );
  });

  it.each([
    [{ latency_ms_p99: 100 }, 'body.slo.latency_ms_p99'],
    [{ latency_ms_p95_degraded: 100 }, 'body.slo.latency_ms_p95_degraded'],
  ])('refuses objectives that contradict each other: %j', (slo, field) => {
    expect(() => applyPatch(DEFAULT_PREFERENCES, preferencesPatchSchema.parse({ slo }))).toThrow(field);
  });

  it('refuses shares outside 0 to 1 and unknown names', () => {
    for (const bad of [{ cost_priority: 1.1 }, { minimum_on_demand_share: -0.1 }, { colour: 'red' }]) {
      expect(preferencesPatchSchema.safeParse(bad).success).toBe(false);
    }
  });

  it('starts from preferences that are valid themselves', () => {
    expect(preferencesSchema.parse(DEFAULT_PREFERENCES)).toEqual(DEFAULT_PREFERENCES);
  });
});
