import { describe, expect, it } from 'vitest';

import { complete, type NameSources } from '../../../../src/cli/completion/complete.ts';
import { createProgram } from '../../../../src/cli/program.ts';
import { command } from '../capture.ts';

const NAMES: NameSources = {
  scenarios: () => ['spot-migration', 'spot-rollback', 'rollback'],
  tags: () => ['e2e', 'chaos', 'e2e'],
  phases: () => ['await-recommendation', 'monitor-execution'],
  environments: () => ['default', 'lab'],
  runs: () => ['20261128-225056-16j7', '20261127-101010-aaaa'],
  schedules: (environment) => Promise.resolve([`nightly-of-${environment}`]),
};

function found(...words: string[]): Promise<readonly string[]> {
  return complete(createProgram(), words, NAMES);
}

describe('completion', () => {
  it('knows every command, and not what is hidden', async () => {
    const all = await found('');
    const shown = createProgram().commands.map((each) => each.name());
    expect(all).toEqual(['help', ...shown.filter((name) => name !== 'complete')].sort());
    expect(all).toContain('schedule');
    expect(await found('sch')).toEqual(['schedule']);
    expect(await found('schedule', 'p')).toEqual(['pause']);
    expect(await found('nonsense', '')).toEqual([]);
  });

  it.each([
    [['run', '--par'], ['--parallel']],
    [
      ['schedule', 'create', 'nightly', '--pau'],
      ['--pause-on-failure', '--paused'],
    ],
    [
      ['schedule', 'show', '--'],
      ['--help', '--json', '--name'],
    ],
    [
      ['run', 'spot'],
      ['spot-migration', 'spot-rollback'],
    ],
    [['run', 'spot-migration', 'r'], ['rollback']],
    [
      ['schedule', 'create', 'nightly', ''],
      ['rollback', 'spot-migration', 'spot-rollback'],
    ],
    [['schedule', 'create', ''], []],
    [
      ['run', '--tag', ''],
      ['chaos', 'e2e'],
    ],
    [['run', '--tag', 'e2e', '--not-tag', 'c'], ['chaos']],
    [['run', '--json', '--', 'roll'], ['rollback']],
    [
      ['run', '--name', ''],
      ['default', 'lab'],
    ],
    [
      ['run', '--approve', ''],
      ['auto', 'manual'],
    ],
    [['up', '--only', 'redis,postg'], ['redis,postgres']],
    [['run', 'spot-migration', '--fault', 'mon'], ['monitor-execution:']],
    [['watch', '20261128'], ['20261128-225056-16j7']],
    [['ui', 'p'], ['portal']],
    [['schedule', 'pause', ''], ['nightly-of-default']],
    [['schedule', 'pause', '--name', 'lab', ''], ['nightly-of-lab']],
    [['schedule', 'backfill', 'nightly', '--from', ''], []],
    [
      ['schedule', 'trigger', 'nightly', '--overlap', 'buffer'],
      ['buffer-all', 'buffer-one'],
    ],
    [
      ['completion', ''],
      ['bash', 'fish', 'zsh'],
    ],
  ])('of %j is %j', async (words, expected) => {
    expect(await found(...words)).toEqual(expected);
  });
});

describe('e2e completion', () => {
  it.each(['bash', 'zsh', 'fish'])('prints a script for %s', async (shell) => {
    const { code, output } = await command('completion', shell);
    expect(code).toBe(0);
    expect(output).toContain(`# e2e completion for ${shell}`);
    expect(output).toContain('complete -- ');
  });

  it('refuses another shell, with the nearest', async () => {
    const { code, errors } = await command('completion', 'bsh');
    expect(code).toBe(2);
    expect(errors).toContain('Did you mean `bash`?');
  });

  it('answers the shell from the names of this clone, also without an environment', async () => {
    expect((await command('complete', '--', 'run', 'spot-mig')).output).toBe('spot-migration\n');
    const none = await command('complete', '--', 'schedule', 'show', '--name', 'never-started', '');
    expect(none).toEqual({ code: 0, output: '', errors: '' });
  });
});
