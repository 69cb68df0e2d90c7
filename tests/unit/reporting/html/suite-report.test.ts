import { parse, type HTMLElement } from 'node-html-parser';
import { describe, expect, it } from 'vitest';

import {
  suiteDocument,
  type SuiteDocumentInput,
} from '../../../../src/reporting/documents/suite-document.ts';
import { suiteReportHtml } from '../../../../src/reporting/html/suite-report.ts';
import { UNKNOWN_SURROUNDINGS } from '../../../../src/reporting/surroundings.ts';
import { showDuration } from '../../../../src/reporting/times.ts';
import { emptyHistory, sampleHistory } from '../../../fixtures/histories.ts';
import { figureCount, strayFigures } from '../../../fixtures/page-figures.ts';
import { evidence, passedPhases, passedRun, rolledBackRun, runOf } from '../../../fixtures/runs.ts';
import { itemOf, mixedSuite, passedSuite, runningSuite, suiteOf } from '../../../fixtures/sample-suites.ts';
import { xmlFaults } from '../../../fixtures/xml.ts';

const surroundings = { temporalUi: 'http://127.0.0.1:8233', timeScale: 60 };
const inputOf = (
  sample: Pick<SuiteDocumentInput, 'suite' | 'runs'>,
  more: Partial<SuiteDocumentInput> = {},
): SuiteDocumentInput => ({ history: sampleHistory(), surroundings, ...sample, ...more });
const read = (input: SuiteDocumentInput): HTMLElement => parse(suiteReportHtml(input));
const textOf = (element: HTMLElement | null): string => (element?.text ?? '').replaceAll(/\s+/g, ' ').trim();

/** A run that made a forecast. */
function forecaster(): ReturnType<typeof runOf> {
  const [first, ...rest] = passedPhases();
  const of = (part: string, value: number): ReturnType<typeof evidence> =>
    evidence({ name: `forecast.savings.${part}`, value, unit: 'USD/month' });
  const told = [of('predicted', 55_459.6), of('low', 50_123), of('measured', 56_602), of('error', 0.0206)];
  return runOf('passed', [{ ...first!, evidence: [...first!.evidence, ...told] }, ...rest]);
}

const SAMPLES: readonly (readonly [string, SuiteDocumentInput])[] = [
  ['passed', inputOf(passedSuite())],
  ['mixed', inputOf(mixedSuite())],
  ['running', inputOf(runningSuite())],
  ['without history', inputOf(mixedSuite(), { history: { missing: 'ClickHouse does not answer' } })],
  ['the first', inputOf(mixedSuite(), { history: emptyHistory() })],
  ['without records', inputOf({ suite: mixedSuite().suite, runs: [] })],
  ['empty', inputOf({ suite: suiteOf('inconclusive', []), runs: [] })],
  [
    'of a forecast',
    inputOf({ suite: suiteOf('passed', [itemOf(1, 'a', [forecaster()])]), runs: [forecaster()] }),
  ],
  [
    'sharded, with quotas and errors',
    inputOf({
      suite: suiteOf('infra-error', [], {
        input: { ...mixedSuite().suite.input, shard: { index: 2, count: 3 }, quotas: { chaos: 4 } },
        errors: ['left behind: i-0a1 in us-east-1'],
      }),
      runs: [],
    }),
  ],
];

describe.each(SAMPLES)('the page of a suite that is %s', (_, input) => {
  const page = suiteReportHtml(input);

  it('shows no figure that its JSON does not have', () => {
    expect(strayFigures(page, JSON.stringify(suiteDocument(input)))).toEqual([]);
    expect(figureCount(page)).toBeGreaterThan(8);
  });

  it('is well-formed, loads nothing and runs nothing', () => {
    expect(xmlFaults(page)).toEqual([]);
    const root = parse(page);
    expect(
      root.querySelectorAll('script, link, img, iframe, object, embed, base, form, [src], [style]'),
    ).toEqual([]);
    const addresses = [...page.matchAll(/https?:\/\/[^\s"'<]+/g)].map(([address]) => address);
    expect(addresses.filter((each) => !each.startsWith('http://127.0.0.1:8233/namespaces/e2e/'))).toEqual([]);
  });

  it('has one first heading, one id each, and targets for all its links', () => {
    const root = parse(page);
    expect(root.querySelectorAll('h1')).toHaveLength(1);
    const ids = root.querySelectorAll('[id]').map(({ id }) => id);
    expect(ids.toSorted()).toEqual([...new Set(ids)].toSorted());
    const targets = root.querySelectorAll('a[href^="#"]').map((link) => link.getAttribute('href')?.slice(1));
    expect(targets.filter((target) => !ids.includes(target ?? ''))).toEqual([]);
  });

  it('says verdicts in words, not by colour alone', () => {
    const badges = parse(page).querySelectorAll('.badge');
    expect(badges.every((badge) => /[a-z]{4}/.test(badge.text))).toBe(true);
  });
});

describe('why a suite is not green', () => {
  const attention = (input: SuiteDocumentInput): string[] =>
    read(input).querySelectorAll('.attention > li').map(textOf);

  it('stands first: worst items before others, flaky ones last and apart', () => {
    const rows = attention(inputOf(mixedSuite()));
    expect(rows.map((row) => row.split(',')[0])).toEqual([
      '✗ failed rollback',
      '! infrastructure error data-transfer',
      '? inconclusive quantization',
      '■ cancelled idle-detection',
      '⊘ blocked onboarding-gcp',
      '≈ flaky rightsizing',
    ]);
  });

  it('tells of a red gate what it expected and saw, where, and from how many samples', () => {
    const [failed, broken, thin, , blocked, flaky] = attention(inputOf(mixedSuite()));
    expect(failed).toContain('expected completed, observed rolled_back (GET /optimizations/{id})');
    expect(broken).toContain('ECONNREFUSED');
    expect(thin).toContain('0 samples)');
    expect(blocked).toContain('the environment offers no GCP');
    expect(flaky).toContain('passed only after a try that did not');
    expect(flaky).toContain('expected completed, observed rolled_back');
  });

  it('is told from the suite alone where the record of a run is not here', () => {
    const { suite } = mixedSuite();
    expect(attention(inputOf({ suite, runs: [] }))[0]).toContain('no evidence for traffic.new-nodes-share');
  });

  it('is missing on a green page', () => {
    expect(read(inputOf(passedSuite())).querySelector('#attention')).toBeNull();
  });
});

describe('the numbers of a suite', () => {
  it('never count a flaky item as passed', () => {
    const cards = read(inputOf(mixedSuite())).querySelectorAll('.cards li').map(textOf);
    expect(cards.slice(0, 3)).toEqual([
      'Passed 1 of 7 at the first try',
      'Red 5 1 failed, 1 infrastructure error, 1 inconclusive, 1 cancelled, 1 blocked',
      'Flaky 1 passed after a try that did not',
    ]);
  });

  it('say what has not ended', () => {
    const cards = read(inputOf(runningSuite())).querySelectorAll('.cards li').map(textOf);
    expect(cards).toContain('Not ended 1 running, 1 waiting');
  });

  it('count runs at the same time from their times', () => {
    const { figures } = suiteDocument(inputOf(passedSuite()));
    expect(figures.mostAtOnce).toBe(2);
    expect(figures.concurrency.map(({ runs }) => runs)).toEqual([0, 1, 2, 1, 0]);
  });
});

describe('items', () => {
  it('link the page of each run whose record is here, and no other', () => {
    const { suite, runs } = mixedSuite();
    const links = (input: SuiteDocumentInput): (string | undefined)[] =>
      read(input)
        .querySelectorAll('.items .try a[href^=".."]')
        .map((link) => link.getAttribute('href'));
    expect(links(inputOf({ suite, runs }))).toContain('../../runs/20261122-140133-o45r-03-2/report.html');
    expect(links(inputOf({ suite, runs: [] }))).toEqual([]);
  });

  it('link Temporal only where its address is a web page', () => {
    const withUi = read(inputOf(mixedSuite())).querySelectorAll('.items a[href*="/history"]');
    expect(withUi).toHaveLength(8);
    const without = read(inputOf(mixedSuite(), { surroundings: UNKNOWN_SURROUNDINGS }));
    expect(without.querySelectorAll('a[href*="/history"]')).toEqual([]);
  });

  it('show two tries as two bars of one row', () => {
    const rows = read(inputOf(mixedSuite())).querySelectorAll('.timeline tbody tr');
    const rollback = rows.find((row) => textOf(row).includes('rollback'));
    expect(rollback?.querySelectorAll('rect.fill').map((bar) => bar.getAttribute('class'))).toEqual([
      'fill infra-error',
      'fill failed',
    ]);
  });
});

describe('history', () => {
  const section = (id: string, input: SuiteDocumentInput): HTMLElement =>
    read(input).querySelector(`#${id}`)!;
  const IDS = ['trends', 'flaky', 'slowest', 'forecasts'];

  it.each(IDS)('that could not be asked is said in %s, never drawn', (id) => {
    const without = section(
      id,
      inputOf(mixedSuite(), { history: { missing: 'ClickHouse does not answer' } }),
    );
    expect(textOf(without)).toContain(
      'could not be asked when this page was made: ClickHouse does not answer',
    );
    expect(without.querySelectorAll('svg.spark')).toEqual([]);
  });

  it.each([
    ['trends', 'there is no trend yet'],
    ['flaky', 'No gate changed its verdict'],
    ['slowest', 'No earlier run is recorded'],
    ['forecasts', 'No earlier forecast is recorded'],
  ])('that is empty is said in %s, never drawn as zero', (id, words) => {
    expect(textOf(section(id, inputOf(mixedSuite(), { history: emptyHistory() })))).toContain(words);
  });

  it('draws a column a run and marks those that did not pass without colour', () => {
    const [first, none] = section('trends', inputOf(passedSuite())).querySelectorAll('tbody tr');
    expect(first?.querySelectorAll('.point')).toHaveLength(5);
    expect(first?.querySelectorAll('.mark-red')).toHaveLength(2);
    const titles = first?.querySelectorAll('.point title').map(({ text }) => text);
    expect(titles).toEqual(
      sampleHistory().scenarios[0]!.points.map(
        ({ runId, verdict, durationMs }) => `${runId}: ${verdict}, ${showDuration(durationMs)}`,
      ),
    );
    expect(textOf(none ?? null)).toBe('rightsizingno run0––––');
  });

  it('shows flake scores of phases and gates, and the ledger of forecasts', () => {
    expect(textOf(section('flaky', inputOf(passedSuite())))).toContain('0.75');
    expect(textOf(section('slowest', inputOf(passedSuite())))).toContain('0.25');
    expect(textOf(section('forecasts', inputOf(passedSuite())))).toContain('+2.06 %');
  });
});

describe('a big suite', () => {
  it('stays small and whole: two hundred items below a megabyte', () => {
    const runs = Array.from({ length: 200 }, (_, index) => ({
      ...(index % 10 === 0 ? rolledBackRun() : passedRun()),
      runId: `run-${String(index)}`,
    }));
    const items = runs.map((run, index) => itemOf(index + 1, `scenario-${String(index)}`, [run]));
    const page = suiteReportHtml(inputOf({ suite: suiteOf('failed', items), runs }));
    expect(Buffer.byteLength(page)).toBeLessThan(1_000_000);
    expect(parse(page).querySelectorAll('.items tbody tr')).toHaveLength(200);
  });
});

describe('texts of others', () => {
  it('are shown as they are', () => {
    const hostile = `"><script>alert('x')</script>\u0000`;
    const item = itemOf(1, hostile, [], { outcome: 'blocked', blockedBy: hostile });
    const page = suiteReportHtml(
      inputOf({ suite: suiteOf('infra-error', [item], { errors: [hostile], suiteId: hostile }), runs: [] }),
    );
    expect(xmlFaults(page)).toEqual([]);
    expect(parse(page).querySelectorAll('script')).toEqual([]);
  });
});
