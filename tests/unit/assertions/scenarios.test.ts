import { describe, expect, it } from 'vitest';

import { GATES } from '../../../src/assertions/scenarios/index.ts';
import { SCENARIOS } from '../../../src/contracts/scenarios/index.ts';
import { evidenceOf } from '../../fixtures/migration-evidence.ts';
import { SCENARIO_EVIDENCE } from '../../fixtures/scenario-evidence.ts';

describe.each(SCENARIOS.map((scenario) => ({ scenario, name: scenario.name })))(
  'gates of $name',
  ({ scenario }) => {
    const table = GATES[scenario.name] ?? {};
    const { good, red } = SCENARIO_EVIDENCE[scenario.name] ?? { good: {}, red: {} };
    const known = evidenceOf(good);
    const judged = Object.entries(table).flatMap(([phase, gates]) =>
      gates.map((gate) => ({ phase, gate, name: gate(known).gate })),
    );

    it('cover each phase, and no other', () => {
      expect(Object.keys(table).sort()).toEqual(scenario.phases.map(({ name }) => name).sort());
      for (const gates of Object.values(table)) expect(gates.length).toBeGreaterThan(0);
    });

    it('have a name of their own within the scenario', () => {
      const names = judged.map(({ name }) => name);
      expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    });

    it.each(judged)('$name passes on a run as it should go', ({ gate }) => {
      expect(gate(known)).toMatchObject({ verdict: 'passed' });
    });

    it.each(judged)('$name is red when what it guards is wrong', ({ gate, name }) => {
      const change = red[name];
      expect(change, `a change that turns ${name} red, in tests/fixtures/scenario-evidence.ts`).toBeDefined();
      const result = gate(evidenceOf({ ...good, ...change }));
      expect(result).toMatchObject({ verdict: 'failed' });
      expect(result.reason).not.toBe('');
      expect(result.expected).not.toBe('');
    });

    it.each(judged)('$name is inconclusive without its evidence', ({ gate }) => {
      expect(gate({})).toMatchObject({ verdict: 'inconclusive' });
      const empty = Object.fromEntries(Object.keys(good).map((name) => [name, null]));
      expect(gate(evidenceOf(empty))).toMatchObject({ verdict: 'inconclusive' });
    });
  },
);
