import { describe, expect, it } from 'vitest';

import { hashPassword, verifyPassword } from '../../../../../src/platform/orchestrator/identity/passwords.ts';

describe('passwords', () => {
  it('hashes with argon2id and a salt of its own each time', async () => {
    const [first, second] = await Promise.all([hashPassword('correct horse'), hashPassword('correct horse')]);
    expect(first).toMatch(/^\$argon2id\$/);
    expect(first).not.toBe(second);
  });

  it('accepts the password only', async () => {
    const hash = await hashPassword('correct horse');
    expect(await verifyPassword(hash, 'correct horse')).toBe(true);
    expect(await verifyPassword(hash, 'Correct horse')).toBe(false);
  });

  it('accepts nothing for a user that does not exist', async () => {
    expect(await verifyPassword(undefined, '')).toBe(false);
  });
});
