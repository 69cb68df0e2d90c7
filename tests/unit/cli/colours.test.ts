import { execFile } from 'node:child_process';
import { join } from 'node:path';

import { expect, test } from 'vitest';

const MAIN = join(import.meta.dirname, '..', '..', '..', 'src', 'cli', 'main.ts');

test('a build service that calls itself CI gets plain text through its pipe', async () => {
  const printed = await new Promise<string>((resolve) => {
    const variables = { ...process.env, CI: 'true', NO_COLOR: undefined, FORCE_COLOR: undefined };
    execFile(process.execPath, [MAIN, 'no-such-command'], { env: variables }, (_error, output, errors) =>
      resolve(output + errors),
    );
  });
  expect(printed).toContain("unknown command 'no-such-command'");
  expect(printed).not.toContain('\u001b');
});
