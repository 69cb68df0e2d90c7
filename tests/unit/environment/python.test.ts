import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, it } from 'vitest';

import { pythonPaths } from '../../../src/environment/python.ts';

let root: string;

beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'python-'))));
afterEach(() => rmSync(root, { recursive: true }));

it('names the program that is missing, and the mend', () => {
  const refusal = (program: string) =>
    expect.objectContaining({
      code: 'BINARY_MISSING',
      message: expect.stringContaining(program) as string,
      hint: expect.stringContaining('scripts/setup.ts') as string,
    }) as Error;
  expect(() => pythonPaths(root)).toThrow(refusal('python is not installed'));
  mkdirSync(join(root, '.cache/python/bin'), { recursive: true });
  writeFileSync(join(root, '.cache/python/bin/python'), '');
  writeFileSync(join(root, '.cache/python/bin/temporal'), '');
  expect(() => pythonPaths(root)).toThrow(refusal('site-packages'));
  mkdirSync(join(root, '.cache/python/lib/python3.11/site-packages'), { recursive: true });
  expect(() => pythonPaths(root)).toThrow(refusal('valkey-server'));
});
