import { describe, expect, it } from 'vitest';

import { markdownTable, replaceSection, sectionText } from '../../../../scripts/bench/report.ts';

const PAGE = 'before\n<!-- bench:api -->\nold\n<!-- /bench:api -->\nafter\n';

describe('replaceSection', () => {
  it('changes what is between the markers and nothing else', () => {
    expect(replaceSection(PAGE, 'api', 'new')).toBe(
      'before\n<!-- bench:api -->\n\nnew\n\n<!-- /bench:api -->\nafter\n',
    );
  });

  it('gives the same page when it is applied twice', () => {
    const once = replaceSection(PAGE, 'api', 'new');
    expect(replaceSection(once, 'api', 'new')).toBe(once);
  });

  it('refuses a page without the markers of the section', () => {
    expect(() => replaceSection(PAGE, 'world', 'new')).toThrow('<!-- bench:world -->');
    expect(() => replaceSection('<!-- bench:api -->', 'api', 'new')).toThrow('no markers');
  });
});

describe('the text of a section', () => {
  const table = { title: 'Start', columns: ['what', 's'], rows: [['`e2e up`', '4.0']] };

  it('pads columns to the widest cell', () => {
    expect(markdownTable(table)).toBe(
      ['**Start**', '', '| what     | s   |', '| -------- | --- |', '| `e2e up` | 4.0 |'].join('\n'),
    );
  });

  it('begins with the machine and ends with what a reader must know', () => {
    const report = { name: 'environment', tables: [table], notes: ['Warm.'], figures: {} };
    const text = sectionText(report, '2 cores');
    expect(text.startsWith('_2 cores_\n\n**Start**')).toBe(true);
    expect(text.endsWith('\n\nWarm.')).toBe(true);
  });
});
