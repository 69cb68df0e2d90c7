import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { noteCredentials } from '../../../../src/cli/init-data/credentials.ts';
import { command } from '../capture.ts';

let scratch = '';
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'init-data-'));
});
afterEach(() => {
  rmSync(scratch, { recursive: true });
});

const ACME = {
  company: 'Acme',
  email: 'acme@e2e.example',
  password: 'p1',
  customerId: 'c1',
  wasThere: false,
};

describe('the passwords of demo customers', () => {
  it('are in a file that only its owner reads, each once', () => {
    const file = join(scratch, 'demo-customers.json');
    writeFileSync(`${file}.draft`, 'left behind', { mode: 0o644 });
    noteCredentials(file, ACME);
    noteCredentials(file, { ...ACME, company: 'Small Models', email: 'small@e2e.example' });
    noteCredentials(file, { ...ACME, password: 'p2' });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
      'acme@e2e.example': { company: 'Acme', password: 'p2' },
      'small@e2e.example': { company: 'Small Models', password: 'p1' },
    });
  });
});

describe('e2e init-data', () => {
  it.each([
    [['--fleet', 'smal'], 2, 'Did you mean `small`?'],
    [['--remove', '--fleet', 'acme'], 2, '--remove takes all of them'],
    [['--name', 'never-started'], 3, 'no environment "never-started" is up'],
  ])('refuses %j', async (words, expected, said) => {
    const { code, errors } = await command('init-data', ...words);
    expect(errors).toContain(said);
    expect(code).toBe(expected);
  });
});
