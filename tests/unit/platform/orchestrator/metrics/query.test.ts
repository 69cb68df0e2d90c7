import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { METRIC_TYPES } from '../../../../../src/contracts/api/customers.ts';
import { buildMetricQuery } from '../../../../../src/platform/orchestrator/metrics/query.ts';

describe('a metric query', () => {
  it('carries everything a caller sends as a parameter, never as text', () => {
    const hostile = fc.string({ minLength: 8 }).map((text) => `'; DROP TABLE ${text} --`);
    fc.assert(
      fc.property(fc.constantFrom(...METRIC_TYPES), hostile, hostile, (metricType, customer, node) => {
        const bound = buildMetricQuery(customer, {
          metricType,
          startMs: 0,
          endMs: 60_000,
          resolution: 10,
          instanceIds: [node],
          lifecycle: 'spot',
        });
        expect(bound.query).not.toContain('DROP');
        expect(bound.params).toMatchObject({
          customer_id: customer,
          instance_ids: [node],
          lifecycle: 'spot',
        });
      }),
    );
  });

  it('makes one point of `all`', () => {
    const range = { metricType: 'throughput', startMs: 1_000, endMs: 61_000 } as const;
    expect(buildMetricQuery('c', { ...range, resolution: 'all' }).params).toMatchObject({
      step_ms: 60_000,
      seconds: 60,
    });
    expect(buildMetricQuery('c', { ...range, resolution: 5 }).params).toMatchObject({ step_ms: 5_000 });
  });
});
