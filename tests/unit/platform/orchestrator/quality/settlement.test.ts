import { describe, expect, it } from 'vitest';

import type { EngineConfiguration } from '../../../../../src/contracts/api/customers.ts';
import {
  settle,
  type KnownConfiguration,
} from '../../../../../src/platform/orchestrator/quality/settlement.ts';

const OLD: EngineConfiguration = {
  tensor_parallel_size: 8,
  kv_allocation: 'static',
  prefix_caching: false,
  scheduler: 'prefill_first',
  quantization: 'bf16',
  max_model_len: 8_192,
  revision: 'main',
  chat_template: 'llama-3',
};
const NEW = { ...OLD, revision: 'next' };
const known = (changes: Partial<KnownConfiguration> = {}): KnownConfiguration => ({
  settled: OLD,
  candidate: null,
  candidateReports: 0,
  candidateNodes: 0,
  ...changes,
});

/** Reports one after another, as the platform takes them in. */
function settleAll(reports: readonly Parameters<typeof settle>[1][]): readonly string[] {
  let now = known();
  return reports.map((report) => {
    const settlement = settle(now, report);
    if (settlement.kind === 'changed') now = known({ settled: report.engine_configuration });
    else if (settlement.kind === 'unchanged') now = known({ settled: now.settled });
    else {
      const { candidateReports, candidateNodes } = settlement;
      const candidate = report.engine_configuration;
      now = known({ settled: now.settled, candidate, candidateReports, candidateNodes });
    }
    return settlement.kind;
  });
}

describe('a configuration settles', () => {
  it.each(['revision', 'chat_template'] as const)('when two reports in a row tell of another %s', (key) => {
    const changed = { engine_configuration: { ...OLD, [key]: 'other' } };
    expect(settleAll([changed, changed, changed])).toEqual(['watching', 'changed', 'unchanged']);
  });

  it('not by one report, nor by two that differ', () => {
    const old = { engine_configuration: OLD };
    const changed = { engine_configuration: NEW };
    const third = { engine_configuration: { ...OLD, revision: 'third' } };
    expect(settleAll([changed, old, changed, third, changed])).toEqual([
      'watching',
      'unchanged',
      'watching',
      'watching',
      'watching',
    ]);
  });

  it.each([1, 6, 9])('once and after the last node, although ten take it, %s reports apart', (apart) => {
    const reports = Array.from({ length: 12 * apart }, (_none, minute) => {
      const changed = Math.min(Math.floor(minute / apart), 10);
      const engine_configurations = Object.fromEntries(
        Array.from({ length: 10 }, (_node, index) => [`i-${index}`, index < changed ? NEW : OLD]),
      );
      return { engine_configuration: changed > 5 ? NEW : OLD, engine_configurations };
    });
    const seen = settleAll(reports);
    expect(seen.filter((kind) => kind === 'changed')).toHaveLength(1);
    expect(seen.indexOf('changed')).toBe(10 * apart + 1);
  });

  it('not before the last node serves with it: a rollback would meet it in its restart', () => {
    const all = { engine_configuration: NEW, engine_configurations: { 'i-1': NEW, 'i-2': NEW, 'i-3': NEW } };
    const restarting = { ...all, notServing: new Set(['i-3']) };
    expect(settleAll([restarting, restarting, restarting, all, all])).toEqual([
      'watching',
      'watching',
      'watching',
      'watching',
      'changed',
    ]);
  });

  it('as the mixture it is, when some nodes never take it', () => {
    const mixed = {
      engine_configuration: NEW,
      engine_configurations: { 'i-1': NEW, 'i-2': NEW, 'i-3': OLD },
    };
    const seen = settleAll(Array.from({ length: 12 }, () => mixed));
    expect(seen.slice(0, 9)).toEqual(Array.from({ length: 9 }, () => 'watching'));
    expect(seen.slice(9)).toEqual(['changed', 'unchanged', 'unchanged']);
  });
});
