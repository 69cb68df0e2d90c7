import { describe, expect, it } from 'vitest';
import { XMLParser } from 'fast-xml-parser';
import fc from 'fast-check';

import { escapeMarkup, markup } from '../../../../src/reporting/html/markup.ts';
import { xmlFaults } from '../../../fixtures/xml.ts';

const parser = new XMLParser({
  ignoreAttributes: false,
  trimValues: false,
  parseTagValue: false,
  parseAttributeValue: false,
});

describe('markup', () => {
  it('escapes every value and keeps markup inside markup', () => {
    const inner = markup`<b title="${'"quoted"'}">${'<i>&'}</b>`;
    expect(markup`<p>${inner}${[markup`<i/>`, 'a<b']}${null}${undefined}</p>`.text).toBe(
      '<p><b title="&quot;quoted&quot;">&lt;i&gt;&amp;</b><i/>a&lt;b</p>',
    );
  });

  it('cannot be left by any text, in content or in an attribute', () => {
    const anyText = fc.string({ unit: 'binary', minLength: 1 });
    fc.assert(
      fc.property(anyText, anyText, (content, attribute) => {
        const text = markup`<a t="${attribute}">x${content}</a>`.text;
        expect(xmlFaults(text)).toEqual([]);
        expect(Object.keys(parser.parse(text) as object)).toEqual(['a']);
        expect(text.match(/[<>]/g)).toHaveLength(4);
      }),
    );
  });

  it('replaces what XML forbids and leaves the rest', () => {
    expect(escapeMarkup('a\u0000b\u001Bc\uD800d\uFFFEe')).toBe('a\uFFFDb\uFFFDc\uFFFDd\uFFFDe');
    expect(escapeMarkup('tab\t line\n 界 🚀')).toBe('tab\t line\n 界 🚀');
  });
});
