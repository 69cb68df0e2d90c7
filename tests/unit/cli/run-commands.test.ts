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
});

describe('e2e run', () => {
  it.each([
    [['run', 'spot-migraton'], 'Did you mean `spot-migration`?'],
    [['run', 'zzz'], '`e2e list` shows what there is.'],
    [['run'], 'no scenario is named'],
    [['run', 'spot-*', '--detach'], '--detach is for a single scenario'],
    [['run', 'rollback', '--parallel', '1', '--json'], '--json is for a single scenario'],
    [['run', '--tag', 'e3e'], 'Did you mean `e2e`?'],
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
