import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { GATES } from '../../../../src/assertions/scenarios/index.ts';
import { loadGates } from '../../../../src/cli/rejudge/gates-file.ts';
import { command } from '../capture.ts';

let directory: string;
let files = 0;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'gates-'));
});
afterAll(() => rm(directory, { recursive: true }));

async function file(text: string): Promise<string> {
  const path = join(directory, `gates-${String((files += 1))}.mjs`);
  await writeFile(path, text);
  return path;
}

describe('gates', () => {
  it('are today’s unless told', async () => {
    expect(await loadGates('current')).toBe(GATES);
  });

  it('of a file replace those of its phases and leave the rest', async () => {
    const path = await file("export const GATES = { 'spot-migration': { 'validate-quality': [() => 1] } };");
    const gates = await loadGates(path);
    expect(gates['spot-migration']?.['validate-quality']).toHaveLength(1);
    expect(gates['spot-migration']?.['validate-savings']).toBe(GATES['spot-migration']?.['validate-savings']);
    expect(gates['rollback']).toBe(GATES['rollback']);
  });

  it.each([
    ['export const gates = {};', 'it exports no GATES, only gates'],
    ['', 'it exports no GATES'],
    ['export const GATES = [];', 'its GATES is not an object of scenarios'],
    ['export const GATES = {};', 'its GATES is empty'],
    ['export const GATES = { "spot-migraton": {} };', 'there is no scenario spot-migraton'],
    ['export const GATES = { "spot-migration": [] };', 'is not an object of phases'],
    ['export const GATES = { "spot-migration": { "validate-qualty": [] } };', 'has no phase validate-qualty'],
    ['export const GATES = { "spot-migration": { "validate-quality": [] } };', 'is not a list of gates'],
    ['export const GATES = { "spot-migration": { "validate-quality": [1] } };', 'gate 1 of spot-migration'],
    ['export const GATES = {', 'it cannot be loaded'],
  ])('in a bad file are refused: %s', async (text, why) => {
    const refused = loadGates(await file(text));
    await expect(refused).rejects.toMatchObject({ code: 'USAGE' });
    await expect(refused).rejects.toThrow(why);
  });

  it('that are not there are refused', async () => {
    await expect(loadGates(join(directory, 'none.ts'))).rejects.toThrow('there is no such file');
  });
});

describe('e2e rejudge', () => {
  it.each([
    [[], 'no run is named', '--all'],
    [['x', '--all'], 'more than one way', 'Name runs'],
    [['--all', '--scenario', 'rollback'], 'more than one way', 'Name runs'],
    [['--all', '--gates', 'nowhere.ts'], '--gates nowhere.ts: there is no such file', 'export const GATES'],
    [['no-such-run'], 'no run no-such-run is recorded', ''],
    [['--scenario', 'rolback'], 'rolback', 'Did you mean `rollback`?'],
  ])('%j is refused in one line, with what to do', async (words, what, next) => {
    const said = await command('rejudge', ...words);
    expect(said.code).toBe(2);
    expect(said.errors).toContain(what);
    expect(said.errors).toContain(next);
  });
});
