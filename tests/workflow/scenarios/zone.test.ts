import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { loadWorkflowBundle } from '../../../src/support/workflow-bundle.ts';

/** What workflow code may be made of: see `workflows/tsconfig.json` and the bundle that Temporal's sandbox runs. */
const PROJECT = process.cwd();
const BUNDLES = join(PROJECT, '.cache', 'bundles');

let directory: string;
beforeAll(async () => {
  await mkdir(BUNDLES, { recursive: true });
  // Inside the project, so that what is written there finds its packages.
  directory = await mkdtemp(join(BUNDLES, 'zone-'));
});
afterAll(() => rm(directory, { recursive: true }));

async function write(name: string, text: string): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, text);
  return path;
}

/** Sources webpack put into the bundle, from its inline source map. */
async function sourcesOfBundle(entry: string): Promise<readonly string[]> {
  const { codePath } = await loadWorkflowBundle({ entry, cacheDir: BUNDLES });
  const code = await readFile(codePath, 'utf8');
  const [, map = ''] = /sourceMappingURL=data:application\/json;[^,]*base64,([\w+/=]+)\s*$/.exec(code) ?? [];
  const { sources } = JSON.parse(Buffer.from(map, 'base64').toString()) as { sources: string[] };
  return sources;
}

test('the bundle holds our workflows, Temporal and little else: no zod, no built-in of Node', async () => {
  const sources = await sourcesOfBundle(join(PROJECT, 'workflows', 'index.ts'));
  expect(sources.some((source) => source.endsWith('workflows/spot-migration.ts'))).toBe(true);
  const packages = new Set(
    sources.flatMap((source) => {
      const [, name] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source) ?? [];
      return name === undefined ? [] : [name];
    }),
  );
  const temporal = [...packages].filter((name) => name.startsWith('@temporalio/'));
  expect(temporal).toContain('@temporalio/workflow');
  expect(temporal).not.toContain('@temporalio/client');
  const others = [...packages].filter((name) => !name.startsWith('@temporalio/'));
  expect(others).not.toContain('zod');
  expect(others.sort()).toEqual(['long', 'ms', 'nexus-rpc']);
  const ours = sources.filter((source) => source.startsWith(PROJECT) && !source.includes('node_modules'));
  const rooms = new Set(ours.map((source) => relative(PROJECT, source).split('/').slice(0, -1).join('/')));
  const outside = [...rooms].filter(
    (room) => !/^(workflows|src\/contracts|src\/assertions)(\/|$)/.test(room),
  );
  expect(outside).toEqual([]);
  expect(sources.filter((source) => /^(external |node:)/.test(source))).toEqual([]);
});

test('the bundle speaks the language of the sandbox: nothing stands in for a spread', async () => {
  const { codePath } = await loadWorkflowBundle({
    entry: join(PROJECT, 'workflows', 'index.ts'),
    cacheDir: BUNDLES,
  });
  expect(await readFile(codePath, 'utf8')).not.toMatch(/function _object_spread|_async_to_generator/);
});

test('a workflow that imports a built-in of Node cannot be bundled', async () => {
  const entry = await write(
    'reads-file.ts',
    "import { readFile } from 'node:fs/promises';\nexport const read = () => readFile('/etc/hostname', 'utf8');\n",
  );
  const bundle = loadWorkflowBundle({ entry, cacheDir: directory });
  await expect(bundle).rejects.toThrow(/cannot be bundled: .*node:fs/s);
}, 120_000);

/** What the compiler says of these files under the workflows' own configuration; empty when all is well. */
async function compile(files: readonly string[]): Promise<string> {
  const extended = join(PROJECT, 'workflows', 'tsconfig.json');
  const project = await write('tsconfig.json', JSON.stringify({ extends: extended, include: [], files }));
  const tsc = join(PROJECT, 'node_modules', '.bin', 'tsc');
  const { stdout } = await execa(tsc, ['-p', project, '--noEmit', '--pretty', 'false'], { reject: false });
  return stdout;
}

test('workflows compile without the types of Node, and nothing they import brings them in', async () => {
  const index = join(PROJECT, 'workflows', 'index.ts');
  const ours = "import { sleep } from '@temporalio/workflow';\nexport const nap = () => sleep(1);\n";
  expect(await compile([index, await write('clean.ts', ours)])).toBe('');
  const dirty = await write('dirty.ts', `${ours}export const home = () => process.env['HOME'];\n`);
  const said = await compile([index, dirty]);
  expect(said).toMatch(/dirty\.ts\(\d+,\d+\): error TS2591: Cannot find name 'process'/);
  expect(said.match(/error TS/g)).toHaveLength(1);
}, 180_000);
