import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { loadWorkflowBundle } from '../../../src/support/workflow-bundle.ts';

let directory: string;
let builds: number;
const build = async (): Promise<string> => {
  builds += 1;
  return `bundle ${String(builds)}`;
};
const load = () =>
  loadWorkflowBundle({ entry: join(directory, 'index.ts'), cacheDir: join(directory, 'cache') }, build);

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'bundle-'));
  builds = 0;
  await writeFile(join(directory, 'index.ts'), `export * from './rollout.ts';\n`);
  await writeFile(
    join(directory, 'rollout.ts'),
    `import { LIMIT } from "./limit.ts";\nexport const x = LIMIT;\n`,
  );
  await writeFile(join(directory, 'limit.ts'), 'export const LIMIT = 1;\n');
  await writeFile(join(directory, 'stranger.ts'), 'export const UNUSED = 1;\n');
});
afterEach(() => rm(directory, { recursive: true }));

test('the same content is built once', async () => {
  const first = await load();
  const second = await load();
  expect(first.cached).toBe(false);
  expect(second).toEqual({ codePath: first.codePath, cached: true });
  expect(await readFile(second.codePath, 'utf8')).toBe('bundle 1');
});

test('a change in a file reached through another file gives a new bundle', async () => {
  const first = await load();
  await writeFile(join(directory, 'limit.ts'), 'export const LIMIT = 2;\n');
  const second = await load();
  expect(second.cached).toBe(false);
  expect(second.codePath).not.toBe(first.codePath);
});

test('a change in a file nobody imports keeps the bundle', async () => {
  await load();
  await writeFile(join(directory, 'stranger.ts'), 'export const UNUSED = 2;\n');
  expect((await load()).cached).toBe(true);
});

test('an import that leads nowhere is named', async () => {
  await writeFile(join(directory, 'rollout.ts'), `import './missing.ts';\n`);
  await expect(load()).rejects.toThrow('workflow source missing.ts cannot be read');
});

test('a build that fails leaves nothing in the cache', async () => {
  const broken = loadWorkflowBundle(
    { entry: join(directory, 'index.ts'), cacheDir: join(directory, 'cache') },
    () => Promise.reject(new Error('webpack said no')),
  );
  await expect(broken).rejects.toThrow('webpack said no');
  expect(await readdir(directory)).not.toContain('cache');
});
