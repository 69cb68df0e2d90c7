import { parse } from 'node-html-parser';
import { describe, expect, it } from 'vitest';

import type { RunState } from '../../../../src/contracts/runs.ts';
import { cursorAt, each, known, lookUp } from '../../../../src/reporting/documents/cursor.ts';
import { runDocument, type RunDocumentInput } from '../../../../src/reporting/documents/run-document.ts';
import { FORMATS, figure } from '../../../../src/reporting/html/figure.ts';
import { htmlReport } from '../../../../src/reporting/html/report.ts';
import { showTimeOfDay } from '../../../../src/reporting/times.ts';
import { figureCount, strayFigures } from '../../../fixtures/page-figures.ts';
import { emptyEvidence, passedEvidence, rolledBackEvidence } from '../../../fixtures/run-evidence.ts';
import {
  cancelledRun,
  inconclusiveRun,
  infraErrorRun,
  passedRun,
  rolledBackRun,
  runningRun,
  scenarioInput,
} from '../../../fixtures/runs.ts';

const surroundings = { temporalUi: 'http://127.0.0.1:8233', timeScale: 60 };
const holed = passedEvidence();
const SAMPLES: readonly (readonly [string, RunState, RunDocumentInput['evidence']])[] = [
  ['passed', passedRun(), passedEvidence()],
  ['failed', rolledBackRun(), rolledBackEvidence()],
  ['inconclusive', inconclusiveRun(), emptyEvidence()],
  ['infra-error', infraErrorRun(), { missing: 'the evidence file 35fb.json is gone' }],
  ['cancelled', cancelledRun(), emptyEvidence()],
  ['running', runningRun(4), { missing: 'not yet' }],
  [
    'short of events',
    passedRun(),
    { ...holed, events: holed.events.filter(({ sequence }) => sequence % 3 !== 0) },
  ],
  ['waiting for a person', passedRun({ input: scenarioInput({ approve: 'manual' }) }), passedEvidence()],
];

describe.each(SAMPLES)('the page of a run that is %s', (_, run, evidence) => {
  const input = { run, evidence, surroundings };
  const page = htmlReport(input);
  const json = JSON.stringify(runDocument(input));

  it('shows no figure that its JSON does not have', () => {
    expect(strayFigures(page, json)).toEqual([]);
    expect(figureCount(page)).toBeGreaterThan(20);
  });

  it('tells at the pointer what the curves hold', () => {
    const shown = parse(page)
      .querySelectorAll('.hover title')
      .map(({ text }) => text.split('\n'));
    const series = 'missing' in evidence ? [] : evidence.series;
    const points = series.flatMap(({ name, points: all }) =>
      all.map(({ atMs, value, sampleSize }) => ({
        at: `${showTimeOfDay(atMs)} world time`,
        name: name.replace('Traffic share ', ''),
        values: Object.values(FORMATS).map((format) => safely(() => format(value))),
        samples: sampleSize === null ? '' : ` (${sampleSize.toLocaleString('en-US')} samples)`,
      })),
    );
    const lines = shown.flatMap(([at, ...rest]) => rest.map((line) => ({ at, line })));
    const known = new Set(
      points.flatMap(({ at, name, values, samples }) =>
        values.map((value) => `${at}|${name}: ${value}${samples}`),
      ),
    );
    expect(lines.filter(({ at, line }) => !known.has(`${String(at)}|${line}`))).toEqual([]);
    expect(lines).toHaveLength(points.length);
  });
});

function safely(show: () => string): string {
  try {
    return show();
  } catch {
    return 'no such value';
  }
}

describe('the check of figures', () => {
  const document = { took: 615_000, text: 'run 7', list: [{ share: 0.25 }] };
  const at = cursorAt(document);
  const judge = (body: string): string[] => strayFigures(`<p>${body}</p>`, JSON.stringify(document));

  it('lets a figure of the JSON pass, and text of the JSON', () => {
    const [first] = each(at.at('list'));
    expect(judge(`${figure(first!.at('share'), 'share').text} of run 7`)).toEqual([]);
  });

  it('finds a number without a place', () => {
    expect(judge('took 61 s')).toEqual(['stray number: took 61 s']);
  });

  it('finds a figure that says another number than its place', () => {
    expect(judge(figure(at.at('took'), 'duration').text.replace('>10 min', '>20 min'))).toEqual([
      expect.stringContaining('took is 10 min 15 s, shown as 20 min 15 s'),
    ]);
  });

  it('finds a figure whose place is not there', () => {
    const foreign = cursorAt({ elsewhere: 3 }).at('elsewhere');
    expect(judge(figure(foreign, 'count').text)).toEqual(['nothing at elsewhere']);
  });

  it('finds a number that only a label tells', () => {
    expect(judge('<svg aria-label="from 3 to 4"></svg>')).toHaveLength(2);
  });
});

describe('places', () => {
  it('carry their path', () => {
    const [first] = each(cursorAt({ runs: [{ id: 'a' }] }).at('runs'));
    expect(first?.at('id')).toMatchObject({ path: 'runs[0].id', value: 'a' });
    expect(lookUp({ runs: [{ id: 'a' }] }, 'runs[0].id')).toBe('a');
    expect(lookUp({ runs: [] }, 'runs[0].id')).toBeUndefined();
    expect(lookUp({}, 'constructor')).toBeUndefined();
  });

  it('tell what is not known, and a figure of nothing is refused', () => {
    expect(known(cursorAt<number | null>(null))).toBeNull();
    expect(known(cursorAt<number | null>(0))?.value).toBe(0);
    expect(() => figure(cursorAt(null), 'count')).toThrow('no number to show');
    expect(() => figure(cursorAt(null), 'time')).toThrow('no time to show');
  });
});
