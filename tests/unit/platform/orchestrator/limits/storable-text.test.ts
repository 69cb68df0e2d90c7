import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { fieldWithNull } from '../../../../../src/platform/orchestrator/limits/storable-text.ts';

describe('fieldWithNull', () => {
  it('names the field that holds a NUL character, however deep', () => {
    expect(fieldWithNull({ a: 1, b: [{ c: 'x\0' }] }, 'body')).toBe('body.b.0.c');
    expect(fieldWithNull({ 'k\0': 1 }, 'body')).toBe('body');
  });

  it('passes everything else', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        fc.pre(!JSON.stringify(value).includes('\\u0000'));
        expect(fieldWithNull(value, 'body')).toBeUndefined();
      }),
    );
  });
});
