import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { format, resolveConfig } from 'prettier';
import { describe, expect, it } from 'vitest';

import { scenarioPages } from '../../../scripts/support/scenario-page.ts';
import { PROJECT_ROOT } from '../../../src/environment/state/paths.ts';

const DIRECTORY = join(PROJECT_ROOT, 'docs', 'scenarios');

describe('the pages of the scenarios', () => {
  it('are those that `npm run docs` writes, and no others', async () => {
    expect((await readdir(DIRECTORY)).sort()).toEqual([...scenarioPages().keys()].sort());
  });

  it.each([...scenarioPages()])('%s says what the code says; else run `npm run docs`', async (name, text) => {
    const path = join(DIRECTORY, name);
    const wanted = await format(text, { ...(await resolveConfig(path)), filepath: path });
    expect(await readFile(path, 'utf8')).toBe(wanted);
  });

  it('names every gate with what it expects', () => {
    const page = scenarioPages().get('spot-migration.md') ?? '';
    expect(page).toContain('| `cost-reduced` |');
    expect(page).not.toMatch(/\| {2,}\||undefined|null/);
  });
});
