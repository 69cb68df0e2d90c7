import { describe, expect, it } from 'vitest';

import { actingUser } from '../../../src/cli/acting-user.ts';

describe('actingUser', () => {
  it('names the user, by number where the system knows no name', () => {
    expect(actingUser(() => ({ username: 'ada' }))).toBe('ada');
    const nameless = Object.assign(new Error('uv_os_get_passwd returned ENOENT'), {
      code: 'ERR_SYSTEM_ERROR',
    });
    expect(
      actingUser(() => {
        throw nameless;
      }),
    ).toBe(`uid ${String(process.getuid?.())}`);
  });

  it('hides no other failure', () => {
    expect(() =>
      actingUser(() => {
        throw new Error('out of memory');
      }),
    ).toThrow('out of memory');
  });
});
