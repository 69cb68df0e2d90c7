import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { openInBrowser } from '../../../src/cli/runs/open-in-browser.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'opener-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(directory, { recursive: true });
});

describe('opening a page', () => {
  it.each([
    ['linux', 'xdg-open'],
    ['darwin', 'open'],
  ] as const)('asks the desktop of %s', async (platform, program) => {
    const told = join(directory, 'told');
    await writeFile(join(directory, program), `#!/bin/sh\nprintf %s "$1" > '${told}'\n`, { mode: 0o755 });
    vi.stubEnv('PATH', `${directory}${delimiter}${process.env['PATH'] ?? ''}`);
    await openInBrowser('/runs/a b/report.html', platform);
    expect(await readFile(told, 'utf8')).toBe('/runs/a b/report.html');
  });

  it('says where the page is when there is no desktop', async () => {
    vi.stubEnv('PATH', directory);
    await expect(openInBrowser('/runs/x/report.html', 'linux')).rejects.toMatchObject({
      code: 'BINARY_MISSING',
      hint: 'Open it by hand: /runs/x/report.html',
    });
  });
});
