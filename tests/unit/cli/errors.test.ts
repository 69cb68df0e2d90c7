import { describe, expect, it } from 'vitest';

import { exitCodeOf, formatError, Interruption } from '../../../src/cli/errors.ts';
import { OptiInfraError } from '../../../src/support/errors.ts';

describe('errors of the command', () => {
  it.each([
    [new OptiInfraError('USAGE', 'x'), 2],
    [new OptiInfraError('PORT_BUSY', 'x'), 3],
    [new OptiInfraError('WAIT_TIMEOUT', 'x'), 1],
    // A code of the API has no exit code of its own: for the command it is infrastructure.
    [new OptiInfraError('INTERNAL', 'x'), 3],
    [new Error('x'), 3],
    [new Interruption('SIGINT'), 130],
  ])('gives %s its exit code', (error, code) => {
    expect(exitCodeOf(error)).toBe(code);
  });

  it('shows cause, code, last log lines and mend', () => {
    const text = formatError(
      new OptiInfraError('PROCESS_DIED', 'redis ended', {
        cause: new Error('exit code 1'),
        details: { logLines: ['first', 'second'] },
        hint: 'Look there.',
      }),
    );
    expect(text).toBe(
      [
        'error: redis ended (exit code 1) [PROCESS_DIED]',
        '  last log lines:',
        '    first',
        '    second',
        '  mend: Look there.',
      ].join('\n'),
    );
  });

  it('says of an interruption what became of the work', () => {
    expect(formatError(new Interruption('SIGINT'))).toContain('stopped');
  });
});
