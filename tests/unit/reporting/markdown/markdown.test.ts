import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { GateResult } from '../../../../src/contracts/runs.ts';
import { MARKDOWN_LIMIT_BYTES } from '../../../../src/reporting/markdown/limit.ts';
import { runMarkdown } from '../../../../src/reporting/markdown/run.ts';
import { suiteMarkdown } from '../../../../src/reporting/markdown/suite.ts';
import { plain } from '../../../../src/reporting/markdown/text.ts';
import {
  cancelledRun,
  gate,
  infraErrorRun,
  passedPhases,
  passedRun,
  rolledBackRun,
  runOf,
  runningRun,
} from '../../../fixtures/runs.ts';
import { itemOf, mixedSuite, passedSuite, runningSuite, suiteOf } from '../../../fixtures/sample-suites.ts';

describe('the Markdown of a run', () => {
  it('tells verdict, seed and phases of one that passed, and no reason to look', () => {
    const text = runMarkdown(passedRun());
    expect(text).toMatch(/^### ✅ .*: passed\n/);
    expect(text).toContain('seed 7');
    expect(text).toContain('took 41.1 s');
    expect(text).toContain('<summary>9 phases</summary>');
    expect(text).not.toContain('| gate |');
  });

  it('tells each red gate with what it expected and saw, where and in how many samples', () => {
    const text = runMarkdown(rolledBackRun());
    expect(text).toContain('❌');
    expect(text).toContain('✗ <code>optimization-successful</code> | completed | rolled\\_back');
    expect(text).toContain('⚡ Drill: slow-nodes before monitor-execution');
  });

  it('tells what broke, that it was cancelled, and that it runs', () => {
    expect(runMarkdown(infraErrorRun())).toContain('ECONNREFUSED');
    expect(runMarkdown(cancelledRun())).toMatch(/^### ⏹️ .*: cancelled/);
    expect(runMarkdown(runningRun(3))).toContain('not finished');
  });
});

describe('the Markdown of a suite', () => {
  it('counts outcomes, flaky apart, and lists every item', () => {
    const { suite, runs } = mixedSuite();
    const text = suiteMarkdown({ suite, runs });
    expect(text).toContain(
      '**1 passed, 1 flaky, 1 failed, 1 inconclusive, 1 infrastructure error, 1 cancelled, 1 blocked** of 7',
    );
    expect(text).toContain('**Flaky: passed only after a try that did not**');
    for (const { scenario } of suite.items) expect(text).toContain(`| ${scenario} |`);
    expect(text).toContain('the environment offers no GCP');
  });

  it('folds each red item with its gates, worst first', () => {
    const text = suiteMarkdown(mixedSuite());
    const order = [...text.matchAll(/<summary>.. ?<b>([a-z-]+)/gu)].map(([, name]) => name);
    expect(order).toEqual(['rollback', 'data-transfer', 'quantization', 'idle-detection', 'onboarding-gcp']);
    expect(text).toContain('✗ <code>optimization-successful</code>');
  });

  it('has nothing to fold when all passed, and says when the record of a run is missing', () => {
    expect(suiteMarkdown(passedSuite())).not.toContain('<details>');
    expect(suiteMarkdown({ ...mixedSuite(), runs: [] })).toMatch(
      /The record of run <code>.*-03-2<\/code> is not here/,
    );
  });

  it('says that it runs, and that nothing was selected', () => {
    expect(suiteMarkdown(runningSuite())).toContain('1 passed, 1 running, 1 waiting');
    expect(suiteMarkdown({ suite: suiteOf('inconclusive', []), runs: [] })).toContain(
      'No scenario was selected',
    );
  });
});

describe('the limit of a comment', () => {
  const many = (count: number): Parameters<typeof suiteMarkdown>[0] => {
    const red = rolledBackRun();
    const runs = Array.from({ length: count }, (_, index) => ({ ...red, runId: `run-${String(index)}` }));
    const items = runs.map((run, index) => itemOf(index + 1, `scenario-${String(index)}`, [run]));
    return { suite: suiteOf('failed', items), runs };
  };

  it('is kept by many red runs, and what is left out is said', () => {
    const text = suiteMarkdown(many(400));
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MARKDOWN_LIMIT_BYTES);
    const shown = text.match(/<details>/g)?.length ?? 0;
    expect(shown).toBeGreaterThan(20);
    expect(text).toContain(`${String(400 - shown)} more red items`);
    expect(text.match(/\| scenario-\d+ \|/g)?.length).toBeGreaterThan(200);
  });

  it('is not met by a hundred items, all of which are there', () => {
    const { suite, runs } = many(20);
    const green = Array.from({ length: 80 }, (_, index) =>
      itemOf(index + 21, `green-${String(index)}`, [passedRun()]),
    );
    const text = suiteMarkdown({ suite: { ...suite, items: [...suite.items, ...green] }, runs });
    expect(text).not.toContain('Left out');
    expect(text).toContain('| green-79 |');
  });

  it('is kept by one run whose gates say a lot', () => {
    const long: GateResult = gate({ gate: 'long', verdict: 'failed', observed: 'x'.repeat(90_000) });
    const [first, ...rest] = passedPhases();
    const text = runMarkdown(runOf('failed', [{ ...first!, verdict: 'failed', gates: [long] }, ...rest]));
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MARKDOWN_LIMIT_BYTES);
    expect(text).toContain('Left out');
    expect(text).toContain('<summary>9 phases</summary>');
  });
});

describe('texts of others', () => {
  it('make no markup, link, table cell or mention', () => {
    expect(plain('<img src=x> [a](b) `c` | d\n# e @all')).toBe(
      '&lt;img src=x&gt; \\[a\\]\\(b\\) \\`c\\` \\| d \\# e @\u2060all',
    );
  });

  it('leave the table of items whole', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (text) => {
        const item = itemOf(1, text, [], { outcome: 'blocked', blockedBy: text });
        const rows = suiteMarkdown({ suite: suiteOf('infra-error', [item]), runs: [] })
          .trim()
          .split('\n');
        expect(rows.at(-1)?.match(/(?<!\\)\|/g)).toHaveLength(8);
        expect(rows.join('\n').match(/<(?!\/?(details|summary|b|code)>)/)).toBeNull();
      }),
    );
  });
});
