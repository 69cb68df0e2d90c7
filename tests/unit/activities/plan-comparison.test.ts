import { describe, expect, it } from 'vitest';

import { missingNodes, repeats, startsElsewhere, undoes } from '../../../activities/plan-comparison.ts';
import type { EngineConfiguration } from '../../../src/contracts/api/customers.ts';
import type { ConfigurationPlan, ScaleInPlan } from '../../../src/contracts/api/recommendations.ts';
import { UNTUNED_ENGINE } from '../../../src/fixtures/fleets.ts';

const SCOPE = {
  deployment: 'vllm-prod-1',
  provider: 'aws',
  region: 'us-east-1',
  instance_type: 'p4d.24xlarge',
} as const;
const FP8: EngineConfiguration = { ...UNTUNED_ENGINE, quantization: 'fp8' };

function tune(from: EngineConfiguration, change: Partial<EngineConfiguration>): ConfigurationPlan {
  return {
    ...SCOPE,
    kind: 'configuration_change',
    instance_ids: ['i-1', 'i-2'],
    from,
    to: { ...from, ...change },
  };
}
function retire(...ids: string[]): ScaleInPlan {
  return {
    ...SCOPE,
    kind: 'scale_in',
    reason: 'over_provisioned',
    retire_instance_ids: ids,
    keep_instance_ids: [],
  };
}

const done = tune(UNTUNED_ENGINE, { quantization: 'fp8' });

describe('a plan after an execution', () => {
  it('repeats what was done when it leads to the same end', () => {
    expect(repeats(tune(UNTUNED_ENGINE, { quantization: 'fp8' }), done)).toBe(true);
    expect(repeats(tune(FP8, { scheduler: 'chunked' }), done)).toBe(false);
    expect(repeats({ ...done, deployment: 'other' }, done)).toBe(false);
    expect(repeats(retire('i-1'), done)).toBe(false);
  });

  it('repeats a scale-in of the same nodes, not one of others', () => {
    expect(repeats(retire('i-3'), retire('i-3', 'i-4'))).toBe(true);
    expect(repeats(retire('i-2'), retire('i-3', 'i-4'))).toBe(false);
  });

  it('undoes what was done when it changes the same setting again, back or onwards', () => {
    expect(undoes(tune(FP8, { quantization: 'bf16' }), done)).toBe(true);
    expect(undoes(tune(FP8, { quantization: 'w4a16' }), done)).toBe(true);
    expect(undoes(tune(FP8, { scheduler: 'chunked' }), done)).toBe(false);
  });

  it('counts on nodes that are gone', () => {
    const serving = [{ instanceId: 'i-1', engineConfiguration: FP8 }];
    expect(missingNodes(retire('i-1', 'i-2'), serving)).toEqual(['i-2']);
    expect(missingNodes(retire('i-1'), serving)).toEqual([]);
  });

  it('starts from another configuration than the world has', () => {
    const serving = ['i-1', 'i-2'].map((instanceId) => ({ instanceId, engineConfiguration: FP8 }));
    expect(startsElsewhere(tune(UNTUNED_ENGINE, { scheduler: 'chunked' }), serving)).toBe(true);
    expect(startsElsewhere(tune(FP8, { scheduler: 'chunked' }), serving)).toBe(false);
  });
});
