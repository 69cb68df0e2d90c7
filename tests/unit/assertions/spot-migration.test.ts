import { describe, expect, it } from 'vitest';

import { spotMigrationGates } from '../../../src/assertions/scenarios/spot-migration.ts';
import type { Gate } from '../../../src/contracts/runs.ts';
import {
  evidenceOf as evidence,
  goodMigration as good,
  redChanges as red,
} from '../../fixtures/migration-evidence.ts';

const gates: readonly Gate[] = Object.values(spotMigrationGates).flat();
const named = gates.map((gate) => ({ gate, name: gate(evidence(good)).gate }));

describe('gates of the spot migration', () => {
  it('each have a name of their own and a change that turns them red', () => {
    const names = named.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(Object.keys(red).sort()).toEqual([...names].sort());
  });

  it.each(named)('$name passes on a migration as it should go', ({ gate }) => {
    expect(gate(evidence(good))).toMatchObject({ verdict: 'passed' });
  });

  it.each(named)('$name is red when what it guards is wrong', ({ gate, name }) => {
    const result = gate(evidence({ ...good, ...red[name] }));
    expect(result).toMatchObject({ verdict: 'failed' });
    expect(result.reason).not.toBe('');
    expect(result.expected).not.toBe('');
  });

  it.each(named)('$name is inconclusive without its evidence', ({ gate }) => {
    expect(gate({})).toMatchObject({ verdict: 'inconclusive' });
    const empty = Object.fromEntries(Object.keys(good).map((name) => [name, null]));
    expect(gate(evidence(empty))).toMatchObject({ verdict: 'inconclusive' });
  });

  it('are inconclusive on figures from too few samples', () => {
    const thin = Object.fromEntries(
      Object.entries(evidence(good)).map(([name, each]) => [name, { ...each, sampleSize: 10 }]),
    );
    const verdicts = Object.fromEntries(named.map(({ gate, name }) => [name, gate(thin).verdict]));
    for (const name of [
      'baseline-latency-p95',
      'traffic-at-10-percent',
      'quality-maintained',
      'error-rate',
    ]) {
      expect(verdicts[name], name).toBe('inconclusive');
    }
  });
});
