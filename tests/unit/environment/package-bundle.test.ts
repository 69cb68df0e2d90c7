import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { importedPackages, loadPackageBundle } from '../../../src/environment/package-bundle.ts';

let root: string;
let builds: string[];

const build = async (_root: string, to: string): Promise<void> => {
  builds.push(to);
  writeFileSync(join(to, 'preload.mjs'), '');
};

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'packages-'));
  writeFileSync(join(root, 'package-lock.json'), '{}');
  builds = [];
});
afterEach(() => rmSync(root, { recursive: true }));

describe('the bundle of packages', () => {
  it('is built once for a lockfile', async () => {
    const first = await loadPackageBundle(root, build);
    expect(await loadPackageBundle(root, build)).toBe(first);
    expect(builds).toHaveLength(1);
  });

  it('is built anew when the lockfile changes', async () => {
    const first = await loadPackageBundle(root, build);
    writeFileSync(join(root, 'package-lock.json'), '{"changed":true}');
    expect(await loadPackageBundle(root, build)).not.toBe(first);
    expect(builds).toHaveLength(2);
  });

  it('is one and the same when two launchers build at once', async () => {
    const [one, other] = await Promise.all([loadPackageBundle(root, build), loadPackageBundle(root, build)]);
    expect(one).toBe(other);
    expect(readdirSync(join(root, '.cache', 'packages'))).toHaveLength(1);
  });

  it('leaves nothing behind when it cannot be built, and says why', async () => {
    const broken = async (): Promise<void> => Promise.reject(new Error('no such package'));
    await expect(loadPackageBundle(root, broken)).rejects.toMatchObject({
      code: 'NOT_READY',
      cause: expect.objectContaining({ message: 'no such package' }) as Error,
    });
    expect(readdirSync(join(root, '.cache', 'packages'))).toEqual([]);
  });
});

describe('importedPackages', () => {
  const source = (path: string, text: string): void => {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), text);
  };

  it('finds what services import by value, at once or late', () => {
    source('src/world/a.ts', "import { z } from 'zod';\nimport {\n  a,\n  b,\n} from '@scope/many';\n");
    source('worker/b.ts', "export { c } from 'sub/path';\nconst late = await import('late');\n");
    expect(importedPackages(root)).toEqual(['@scope/many', 'late', 'sub/path', 'zod']);
  });

  it('leaves out types, our own files, built-in modules and what must stay where it is', () => {
    source(
      'src/platform/a.ts',
      [
        "import type { T } from 'typed';",
        "import { own } from './own.ts';",
        "import { join } from 'node:path';",
        "import { Worker } from '@temporalio/worker';",
        "import { hash } from '@node-rs/argon2';",
      ].join('\n'),
    );
    source('src/cli/b.ts', "import { Command } from 'commander';");
    expect(importedPackages(root)).toEqual([]);
  });
});
