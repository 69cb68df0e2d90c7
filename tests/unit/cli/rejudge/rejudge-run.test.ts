import { describe, expect, it } from 'vitest';

import { flagIs } from '../../../../src/assertions/facts.ts';
import { GATES } from '../../../../src/assertions/scenarios/index.ts';
import { isWorse, rejudgeRun } from '../../../../src/cli/rejudge/rejudge-run.ts';
import { SCENARIOS, SPOT_MIGRATION } from '../../../../src/contracts/scenarios/index.ts';
import { evidenceOf, goodMigration } from '../../../fixtures/migration-evidence.ts';
import { SCENARIO_EVIDENCE } from '../../../fixtures/scenario-evidence.ts';
import { judgedRun } from './judged-run.ts';

const migrationGates = GATES['spot-migration']!;
const migration = {
  scenario: SPOT_MIGRATION,
  gates: migrationGates,
  evidence: Object.values(evidenceOf(goodMigration)),
};
const red = flagIs({ gate: 'stricter', evidence: 'traffic.lost', expected: true, because: 'it was lost' });
const green = (gate: string) => () => ({ ...red({}), gate, verdict: 'passed' as const });

/** Every way the gates of a scenario can say red, and the good one. */
const stories = SCENARIOS.flatMap((scenario) => {
  const { good, red: changes } = SCENARIO_EVIDENCE[scenario.name]!;
  const gates = GATES[scenario.name]!;
  return [{}, ...Object.values(changes)].map((change) => ({
    scenario,
    gates,
    evidence: Object.values(evidenceOf({ ...good, ...change })),
  }));
});

describe('a run that is judged again by the gates of then', () => {
  it('never flips, green or red, in any scenario', () => {
    expect(stories.length).toBeGreaterThan(200);
    const verdicts = new Set<unknown>();
    for (const story of stories) {
      const run = judgedRun(story);
      const again = rejudgeRun(run, story.gates);
      verdicts.add(run.verdict);
      expect(again.flips).toEqual([]);
      expect(again.after).toBe(run.verdict);
      expect(again.phases.map(({ gates }) => gates)).toEqual(run.phases.map(({ gates }) => gates));
    }
    expect(verdicts).toContain('passed');
    expect(verdicts).toContain('failed');
  });

  it.each([
    ['a phase over its budget', { took: { 'validate-quality': 10_000_000 } }, 'failed'],
    ['a phase that gave nothing to go on with', { without: ['validate-savings'] }, 'inconclusive'],
    [
      'a drill whose fault never struck',
      {
        input: {
          faults: [
            {
              phase: 'monitor-execution',
              step: { name: 'deploy_canary', when: 'started' },
              fault: { kind: 'stop-traffic' },
            },
          ],
        },
      },
      'inconclusive',
    ],
    [
      'a person who took his time',
      { input: { approve: 'manual' }, took: { 'customer-approval': 3_600_000 } },
      'passed',
    ],
  ] as const)('never flips: %s', (_, change, verdict) => {
    const run = judgedRun({ ...migration, ...change });
    expect(run.verdict).toBe(verdict);
    expect(rejudgeRun(run, migrationGates)).toMatchObject({ before: verdict, after: verdict, flips: [] });
  });

  it('never flips when the record does not say that a phase gave nothing', () => {
    const run = judgedRun({ ...migration, without: ['validate-savings'] });
    const old = { ...run, phases: run.phases.map(({ withoutOutput: _, ...phase }) => phase) };
    expect(rejudgeRun(old, migrationGates)).toMatchObject({ after: 'inconclusive', flips: [] });
  });

  it.each(['infra-error', 'cancelled'] as const)('keeps %s of a run whose phases all passed', (verdict) => {
    const run = { ...judgedRun(migration), verdict };
    expect(rejudgeRun(run, migrationGates).after).toBe(verdict);
  });

  it('keeps what was never judged', () => {
    const run = judgedRun(migration);
    const [first, ...rest] = run.phases;
    const broken = { ...first!, verdict: 'infra-error' as const, durationMs: null, gates: [], error: 'gone' };
    const record = { ...run, verdict: 'infra-error' as const, phases: [broken, ...rest] };
    expect(rejudgeRun(record, migrationGates)).toMatchObject({ after: 'infra-error', flips: [] });
  });
});

describe('other gates', () => {
  it('flip a run to the worse when they are stricter', () => {
    const gates = { ...migrationGates, 'validate-quality': [...migrationGates['validate-quality']!, red] };
    const again = rejudgeRun(judgedRun(migration), gates);
    expect(again).toMatchObject({ before: 'passed', after: 'inconclusive' });
    expect(again.flips).toMatchObject([
      {
        phase: 'validate-quality',
        gate: 'stricter',
        before: null,
        after: 'inconclusive',
        observed: 'nothing',
      },
    ]);
    expect(again.flips.every(isWorse)).toBe(true);
  });

  it('never make a run passed whose later phases did not run', () => {
    const strict = { ...migrationGates, 'validate-quality': [red] };
    const run = judgedRun({ ...migration, gates: strict });
    expect(run.verdict).toBe('inconclusive');
    const again = rejudgeRun(run, migrationGates);
    expect(again.after).toBe('inconclusive');
    expect(again.phases.find(({ phase }) => phase === 'validate-quality')?.after).toBe('passed');
    expect(again.phases.at(-1)?.after).toBeNull();
  });

  it('make a run passed when it was red in its last phase only, unless it left something behind', () => {
    const strict = { ...migrationGates, 'verify-learning': [...migrationGates['verify-learning']!, red] };
    const run = judgedRun({ ...migration, gates: strict });
    expect(rejudgeRun(run, migrationGates)).toMatchObject({ before: 'inconclusive', after: 'passed' });
    expect(rejudgeRun({ ...run, cleanup: 'failed' }, migrationGates).after).toBe('infra-error');
  });

  it('prove nothing when there are none any more', () => {
    const again = rejudgeRun(judgedRun(migration), { ...migrationGates, 'validate-quality': [] });
    expect(again.after).toBe('inconclusive');
  });

  it('that are new and pass, or are gone, are changes but none to the worse', () => {
    const gates = { ...migrationGates, 'validate-quality': [green('extra')] };
    const { flips, after } = rejudgeRun(judgedRun(migration), gates);
    expect(after).toBe('passed');
    expect(flips.length).toBe(migrationGates['validate-quality']!.length + 1);
    expect(flips.some(isWorse)).toBe(false);
  });
});
