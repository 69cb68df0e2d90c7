import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { runCommandLine } from '../../../src/cli/program.ts';

let errors = '';
let output = '';

beforeEach(() => {
  errors = '';
  output = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    errors += String(text);
    return true;
  });
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    output += String(text);
    return true;
  });
});

afterEach(() => {
  vi.restoreAllMocks();
});

describe('the command line', () => {
  it('refuses an unknown command with the nearest name', async () => {
    expect(await runCommandLine(['helth'])).toBe(2);
    expect(errors).toContain("unknown command 'helth'");
    expect(errors).toContain('Did you mean `health`?');
  });

  it('refuses an unknown option with the nearest of that command', async () => {
    expect(await runCommandLine(['up', '--cold-strat', 'baked'])).toBe(2);
    expect(errors).toContain('Did you mean `--cold-start`?');
    expect(errors).toContain('e2e up --help');
  });

  it('refuses a malformed number and names the option', async () => {
    expect(await runCommandLine(['up', '--time-scale', 'fast'])).toBe(2);
    expect(errors).toContain('--time-scale: "fast" is not a number');
  });

  it('refuses an option without its value', async () => {
    expect(await runCommandLine(['up', '--name'])).toBe(2);
    expect(errors).toContain('--name');
  });

  it('refuses a name that could leave its directory', async () => {
    expect(await runCommandLine(['health', '--name', '../other'])).toBe(2);
    expect(errors).toContain('"../other" cannot name an environment');
  });

  it('refuses to take down one and all at once', async () => {
    expect(await runCommandLine(['down', '--all', '--name', 'x'])).toBe(2);
    expect(errors).toContain('exclude each other');
  });

  it('says which environment is not up, with exit code 3', async () => {
    expect(await runCommandLine(['health', '--name', 'never-started'])).toBe(3);
    expect(errors).toContain('no environment "never-started" is up');
    expect(errors).toContain('e2e up --name never-started');
  });

  it.each([[[]], [['--help']], [['up', '--help']]])('shows help for %j', async (words) => {
    expect(await runCommandLine(words)).toBe(0);
    expect(output).toContain('Usage: e2e');
    expect(errors).toBe('');
  });
});
