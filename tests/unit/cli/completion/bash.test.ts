import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { COMPLETION_SCRIPTS } from '../../../../src/cli/completion/scripts.ts';

let scratch = '';
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'completion-'));
  const main = join(process.cwd(), 'src', 'cli', 'main.ts');
  writeFileSync(join(scratch, 'e2e'), `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`, {
    mode: 0o755,
  });
  writeFileSync(join(scratch, 'e2e.bash'), COMPLETION_SCRIPTS.bash);
});
afterAll(() => {
  rmSync(scratch, { recursive: true });
});

/** What bash offers when Tab is pressed behind the last word. */
async function pressTab(...words: string[]): Promise<string[]> {
  const quoted = ['e2e', ...words].map((word) => `'${word}'`).join(' ');
  const script = `source "${scratch}/e2e.bash"; complete -p e2e >/dev/null || exit 9; COMP_WORDS=(${quoted}); COMP_CWORD=${String(words.length)}; _e2e; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await execa('bash', ['--norc', '-c', script], {
    env: { PATH: `${scratch}:${process.env['PATH'] ?? ''}` },
  });
  return stdout.split('\n').filter((line) => line !== '');
}

it.each([
  [['schedule', 'tr'], ['trigger']],
  [['run', 'spot-migr'], ['spot-migration']],
  [
    ['run', '--preset', ''],
    ['calm', 'harsh', 'traced'],
  ],
  [['schedule', 'show', '--name', 'never-started', ''], []],
])('bash offers for %j: %j', { timeout: 20_000 }, async (words, expected) => {
  expect(await pressTab(...words)).toEqual(expected);
});
