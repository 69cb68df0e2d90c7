import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { command } from './capture.ts';

let empty: string;
beforeAll(async () => {
  empty = await mkdtemp(join(tmpdir(), 'no-histories-'));
  await writeFile(join(empty, 'notes.txt'), 'nothing to replay');
});
afterAll(() => rm(empty, { recursive: true }));

describe('e2e replay', () => {
  it.each([
    [[], 2, 'no history is named', '--failed or --all'],
    [['--failed', '--all'], 2, 'named in more than one way', 'Name runs'],
    [['20261128', '--all'], 2, 'named in more than one way', 'Name runs'],
    [['./nowhere'], 2, 'there is no file or directory ./nowhere', '`e2e show`'],
    [['gone.pb.gz'], 2, 'there is no file or directory gone.pb.gz', '`e2e show`'],
    [['20261128', '--name', 'nowhere'], 3, 'no environment "nowhere" is up', '`e2e up --name nowhere`'],
    [['--faild'], 2, "unknown option '--faild'", 'Did you mean `--failed`?'],
  ])('%j is refused in one line, with what to do', async (words, code, what, next) => {
    const said = await command('replay', ...words);
    expect(said.code).toBe(code);
    expect(said.errors).toContain(what);
    expect(said.errors).toContain(next);
  });

  it('says when a directory holds no history', async () => {
    const said = await command('replay', empty);
    expect(said.code).toBe(2);
    expect(said.errors).toContain(`no history lies in ${empty}`);
    expect(said.errors).toContain('--save');
  });
});
