import { describe, expect, it } from 'vitest';

import { SCENARIOS } from '../../../src/contracts/scenarios/index.ts';
import { command } from './capture.ts';

describe('e2e list', () => {
  it('shows every scenario with its tags and phases', async () => {
    const { code, output } = await command('list');
    expect(code).toBe(0);
    for (const scenario of SCENARIOS) {
      expect(output).toContain(scenario.name);
      for (const { title } of scenario.phases) expect(output).toContain(title);
    }
  });

  it('gives one JSON object a line', async () => {
    const lines = (await command('list', '--json')).output.trim().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(SCENARIOS);
  });

  it('takes the selection of a run; repeated tags are joined by or', async () => {
    const names = async (...words: string[]) =>
      (await command('list', '--json', ...words)).output
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { name: string }).name);
    const having = (wanted: (tags: readonly string[]) => boolean) =>
      SCENARIOS.filter(({ tags }) => wanted(tags)).map(({ name }) => name);
    expect(await names('--tag', 'cost', '--tag', 'quality')).toEqual(
      having((tags) => tags.includes('cost') || tags.includes('quality')),
    );
    expect(await names('--tag', 'cost and not rollback', '--not-tag', 'placement')).toEqual(
      having((tags) => tags.includes('cost') && !tags.includes('rollback') && !tags.includes('placement')),
    );
    expect(await names('spot-*', '-k', 'not rollback')).toEqual(
      ['spot-migration', 'spot-interruption', 'spot-no-capacity'].toSorted(
        (one, other) =>
          SCENARIOS.findIndex(({ name }) => name === one) - SCENARIOS.findIndex(({ name }) => name === other),
      ),
    );
  });
});

describe('e2e run', () => {
  it.each([
    [['run', 'spot-migraton'], 'Did you mean `spot-migration`?'],
    [['run', 'zzz'], '`e2e list` shows scenarios and tags.'],
    [['run'], 'no scenario is named'],
    [['run', '--tag', 'e3e'], 'Did you mean `e2e`?'],
    [['run', '--tag', 'e2e and (cost'], 'is no expression: it ends too early'],
    [['run', '--not-tag', 'cots', 'rollback'], 'Did you mean `cost`?'],
    [['run', '-k', 'spot rollback'], '"rollback" is not expected there'],
    [['run', '-k', 'quantum'], 'no scenario fits all that was asked'],
    [['run', 'rollback', '--shard', '3/2'], '--shard: "3/2" is not <i>/<n>'],
    [['run', 'rollback', '--shard', '2/2'], 'shard 2/2 of 1 is empty'],
    [['run', 'rollback', '--repeat', '0'], '--repeat: "0" is not a number from 1'],
    [['run', 'rollback', '--repeat', '2000', '--retries', '1'], 'are over the 2000 of a suite'],
    [['run', 'rollback', '--retries', 'often'], '--retries: "often" is not a number'],
    [['run', 'rollback', '--quota', 'cots=1'], 'Did you mean `cost`?'],
    [['run', 'rollback', '--quota', 'cost=0'], 'is not <tag>=<number from 1>'],
    [['list', 'rolback'], 'Did you mean `rollback`?'],
    [['run', 'spot-*', '--parallel', '0'], '--parallel: "0" is not a number from 1'],
    [['run', 'spot-migration', '--seed', 'seven'], '--seed: "seven" is not a number'],
    [['run', 'spot-migration', '--seed', '1.5'], '--seed: "1.5" is not a whole number'],
    [['run', 'spot-migration', '--seed', '-1'], '--seed: "-1" is not a number from 0'],
    [['run', 'spot-migration', '--time-scale', '0'], '--time-scale: "0" is not a number'],
    [['run', 'spot-migration', '--approve', 'manuel'], 'Did you mean `manual`?'],
    [['run', 'spot-migration', '--prices', 'lst'], 'Did you mean `list`?'],
    [['run', 'spot-migration', '--preset', 'hars'], 'Did you mean `harsh`?'],
    [['run', 'spot-migration', '--sed', '7'], 'Did you mean `--seed`?'],
    [['run', 'spot-migration', '--fault', 'monitor-execution'], 'is not <phase>[@<step>[.completed]]:<json'],
    [
      ['run', 'spot-migration', '--fault', 'monitor-execution:{"kind":"stop-trafic"}'],
      'Did you mean `stop-traffic`?',
    ],
    [
      ['run', 'spot-migration', '--fault', 'monitor-execution@deploy_canry:{"kind":"stop-traffic"}'],
      'Did you mean `deploy_canary`?',
    ],
    [
      ['run', 'spot-migration', '--fault', 'monitor-execution@deploy_canary.ended:{"kind":"stop-traffic"}'],
      'a step has "ended"',
    ],
    [['run', 'rollback', '--set', 'fail-at'], 'is not <name>=<value>'],
    [['run', 'rollback', '--set', 'fail-at=validate_canry'], 'Did you mean `validate_canary`?'],
    [['run', 'rollback', '--set', 'fail_at=validate_canary'], 'Did you mean `fail-at`?'],
    [['run', 'spot-migration', '--set', 'fail-at=validate_canary'], 'It has none.'],
    [
      ['run', 'spot-migration', '--fault', 'monitor-execution:{"factor":2}'],
      'is not <phase>[@<step>[.completed]]:<json',
    ],
    [
      ['run', 'spot-migration', '--fault', 'monitor-executon:{"kind":"stop-traffic"}'],
      'Did you mean `monitor-execution`?',
    ],
  ])('refuses %j with the mend', async (words, said) => {
    const { code, errors } = await command(...words);
    expect(code).toBe(2);
    expect(errors).toContain(said);
  });
});

describe.each([
  ['run', ['run', 'spot-migration', '--name', 'never-started']],
  ['watch', ['watch', 'some-run', '--name', 'never-started']],
  ['cancel', ['cancel', 'some-run', '--name', 'never-started']],
  ['run of a suite', ['run', 'spot-*', '--retries', '1', '--name', 'never-started']],
  ['approve', ['approve', 'some-run', '--reason', 'fine', '--name', 'never-started']],
])('e2e %s', (_, words) => {
  it('says which environment is not up, with exit code 3', async () => {
    const { code, errors } = await command(...words);
    expect(code).toBe(3);
    expect(errors).toContain('no environment "never-started" is up');
  });
});

describe('e2e approve', () => {
  it('needs a reason: it is recorded', async () => {
    const { code, errors } = await command('approve', 'some-run');
    expect(code).toBe(2);
    expect(errors).toContain("required option '--reason <text>' not specified");
  });
});
