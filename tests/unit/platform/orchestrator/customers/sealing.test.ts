import { randomBytes } from 'node:crypto';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createSealing } from '../../../../../src/platform/orchestrator/customers/sealing.ts';

const key = (): string => randomBytes(32).toString('base64');

describe('sealing', () => {
  it('opens what it sealed, never the same text twice', () => {
    const sealing = createSealing(key());
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (plain, context) => {
        const [first, second] = [sealing.seal(plain, context), sealing.seal(plain, context)];
        expect(first.sealed).not.toBe(second.sealed);
        expect(sealing.open(first, context)).toBe(Buffer.from(plain).toString());
      }),
    );
  });

  it('does not open for another customer, nor when a single byte was changed', () => {
    const sealing = createSealing(key());
    const { keyId, sealed } = sealing.seal('secret', 'cus_1');
    expect(() => sealing.open({ keyId, sealed }, 'cus_2')).toThrow(/does not open/);
    const bytes = Buffer.from(sealed, 'base64');
    for (const index of bytes.keys()) {
      const altered = Buffer.from(bytes);
      altered.writeUInt8(altered.readUInt8(index) ^ 1, index);
      const changed = { keyId, sealed: altered.toString('base64') };
      expect(() => sealing.open(changed, 'cus_1')).toThrow(/does not open/);
    }
    expect(() => sealing.open({ keyId, sealed: '' }, 'cus_1')).toThrow(/does not open/);
  });

  it('opens with a former key after a rotation, and says which key is missing without it', () => {
    const [older, newer] = [key(), key()];
    const sealed = createSealing(older).seal('secret', 'cus_1');
    expect(createSealing(`${newer},${older}`).open(sealed, 'cus_1')).toBe('secret');
    expect(createSealing(`${newer},${older}`).currentKeyId).toBe(createSealing(newer).currentKeyId);
    expect(() => createSealing(newer).open(sealed, 'cus_1')).toThrow(new RegExp(sealed.keyId));
  });

  it.each([['', 'c2hvcnQ=', `${key()},c2hvcnQ=`]])('refuses a key of the wrong length', (...lists) => {
    for (const list of lists) expect(() => createSealing(list)).toThrow(/OPTIINFRA_SEALING_KEY/);
  });
});
