import { describe, expect, it } from 'vitest';

import { capacityOf, irreversibleIn, undoneOf } from '../../../activities/partial-rollback.ts';

describe('what a partial rollback tells', () => {
  it('names terminated nodes, with and without a stand-in, and nothing else', () => {
    const differences = [
      'irreversible: instance i-1 is terminated; i-9 was made on demand in its place',
      'irreversible: instance i-2 is terminated; nothing stands in its place',
      'not undone: take the new nodes out of the fleet',
    ];
    expect(irreversibleIn(differences)).toEqual(['i-1', 'i-2']);
  });

  it('lists undone steps of this optimization in the order of the audit', () => {
    const entry = (sequence: number, step: string, subject = 'opt_1') => ({
      sequence,
      action: 'optimization.step_rolled_back',
      subject,
      data: { step },
    });
    const entries = [
      entry(9, 'deploy_canary'),
      entry(7, 'full_migration'),
      entry(8, 'create_spot_instances', 'opt_2'),
      { ...entry(6, 'terminate_ondemand'), action: 'optimization.step_failed' },
    ];
    expect(undoneOf(entries, 'opt_1')).toEqual(['full_migration', 'deploy_canary']);
  });

  it('counts nodes by deployment, lifecycle and type', () => {
    const node = (instanceId: string, lifecycle: 'spot' | 'on_demand') => ({
      instanceId,
      deployment: 'vllm-prod-1',
      lifecycle,
      weight: 1,
      instanceType: 'p4d.24xlarge',
      region: 'us-east-1',
      engineConfiguration: {} as never,
    });
    const nodes = [node('i-1', 'on_demand'), node('i-2', 'spot'), node('i-3', 'on_demand')];
    expect(capacityOf({ nodes })).toEqual([
      'vllm-prod-1 on_demand p4d.24xlarge × 2',
      'vllm-prod-1 spot p4d.24xlarge × 1',
    ]);
  });
});
