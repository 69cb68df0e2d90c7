import { expect, test } from 'vitest';

import type { Snapshot } from '../../../../../src/platform/executor/contract.ts';
import { differencesFrom } from '../../../../../src/platform/executor/policy/restoration.ts';

const before: Snapshot = {
  takenAtWorldMs: 0,
  instances: [
    { instanceId: 'i-1', lifecycle: 'on_demand' },
    { instanceId: 'i-2', lifecycle: 'on_demand' },
  ],
  requestsByInstance: { 'i-1': 500, 'i-2': 500 },
  engineConfiguration: {
    tensor_parallel_size: 8,
    kv_allocation: 'static',
    prefix_caching: false,
    scheduler: 'prefill_first',
    quantization: 'bf16',
    max_model_len: 8192,
    revision: 'main',
    chat_template: 'llama-3',
  },
  engineConfigurations: {},
  latencyMs: null,
  costUsdPerMonth: 60_000,
  requestsPerSecond: 45,
  meanQuality: 0.945,
  windowFromMs: 0,
  windowToMs: 1,
};

test('the same state has no difference', () => {
  expect(differencesFrom(before, { ...before, requestsByInstance: { 'i-1': 240, 'i-2': 260 } })).toEqual([]);
});

test.each([
  ['an instance that is gone', { instances: before.instances.slice(1) }, 'i-1 is gone'],
  [
    'an instance too many',
    { instances: [...before.instances, { instanceId: 'i-9', lifecycle: 'spot' as const }] },
    'i-9 (spot) was not there',
  ],
  ['another split', { requestsByInstance: { 'i-1': 600, 'i-2': 400 } }, 'traffic share of i-1 is 0.600'],
  ['traffic on a stranger', { requestsByInstance: { 'i-1': 450, 'i-2': 450, 'i-9': 100 } }, 'share of i-9'],
  [
    'another setting',
    { engineConfiguration: { ...before.engineConfiguration, prefix_caching: true } },
    'prefix_caching is true, was false',
  ],
  ['another cost', { costUsdPerMonth: 61_000 }, 'cost is $61000.00'],
  ['worse quality', { meanQuality: 0.85 }, 'mean quality is 0.850'],
  ['no requests to compare', { requestsByInstance: {} }, 'no requests seen'],
  ['no quality to compare', { meanQuality: null }, 'no scored requests'],
])('%s is a difference', (_name, change, expected) => {
  expect(differencesFrom(before, { ...before, ...change }).join()).toContain(expected);
});
