import { vi } from 'vitest';

import { runCommandLine } from '../../../src/cli/program.ts';

/** Runs one command line in this process and returns what it printed. */
export async function command(
  ...words: readonly string[]
): Promise<{ readonly code: number; readonly output: string; readonly errors: string }> {
  let output = '';
  let errors = '';
  const toOutput = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    output += String(text);
    return true;
  });
  const toErrors = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    errors += String(text);
    return true;
  });
  try {
    return { code: await runCommandLine(words), output, errors };
  } finally {
    toOutput.mockRestore();
    toErrors.mockRestore();
  }
}
