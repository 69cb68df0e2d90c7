import { XMLParser } from 'fast-xml-parser';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { junitXml } from '../../../src/reporting/junit.ts';
import { suiteJunitXml } from '../../../src/reporting/suite-junit.ts';
import { UNKNOWN_SURROUNDINGS } from '../../../src/reporting/surroundings.ts';
import { junitFaults } from '../../fixtures/junit-schema.ts';
import { inconclusiveRun, passedRun, rolledBackRun } from '../../fixtures/runs.ts';
import { itemOf, mixedSuite, passedSuite, runningSuite, suiteOf } from '../../fixtures/sample-suites.ts';

type Input = Parameters<typeof suiteJunitXml>[0];
type Sample = Pick<Input, 'suite' | 'runs'>;
interface Result {
  readonly '@type': string;
  readonly '@message': string;
  readonly '#text'?: string;
}
interface Case {
  readonly '@name': string;
  readonly '@classname': string;
  readonly failure?: Result;
  readonly error?: Result;
  readonly skipped?: Result;
  readonly flakyFailure?: readonly Result[];
  readonly rerunError?: readonly Result[];
}
interface Suite {
  readonly '@name': string;
  readonly '@failures': string;
  readonly '@errors': string;
  readonly properties: { readonly property: readonly { '@name': string; '@value': string }[] };
  readonly testcase: readonly Case[];
}
interface Totals {
  readonly '@tests': string;
  readonly '@failures': string;
  readonly '@errors': string;
  readonly testsuite?: readonly Suite[];
}

const LISTS = ['testsuite', 'testcase', 'property', 'flakyFailure', 'rerunError'];
const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseTagValue: false,
  parseAttributeValue: false,
  isArray: (name) => LISTS.includes(name),
});

const SURROUNDINGS = { temporalUi: null, timeScale: 60 };

function read({ suite, runs }: Sample): Totals & { readonly suites: readonly Suite[] } {
  const xml = suiteJunitXml({ suite, runs, surroundings: SURROUNDINGS });
  expect(junitFaults(xml)).toEqual([]);
  const { testsuites } = parser.parse(xml) as { testsuites: Totals };
  return { ...testsuites, suites: testsuites.testsuite ?? [] };
}
const redCases = ({ testcase }: Suite): readonly Case[] =>
  testcase.filter((each) => each.failure !== undefined || each.error !== undefined);
const suiteNamed = (sample: Sample, name: string): Suite =>
  read(sample).suites.find((each) => each['@name'] === name)!;

describe('the schema of Jenkins', () => {
  it.each([passedSuite(), mixedSuite(), runningSuite(), { suite: suiteOf('passed', []), runs: [] }])(
    'holds for a suite, which counts its cases',
    (sample) => {
      const { suites, ...totals } = read(sample);
      const cases = suites.flatMap(({ testcase }) => testcase);
      expect(Number(totals['@tests'])).toBe(cases.length);
      expect(Number(totals['@failures'])).toBe(cases.filter((each) => each.failure !== undefined).length);
      expect(Number(totals['@errors'])).toBe(cases.filter((each) => each.error !== undefined).length);
    },
  );

  it.each([passedRun(), rolledBackRun(), inconclusiveRun()])('holds for a run', (run) => {
    expect(junitFaults(junitXml(run))).toEqual([]);
  });

  it('is checked: what it forbids is found', () => {
    const faults = junitFaults(
      '<testsuites skipped="1"><properties/><testsuite name="a" tests="1" failures="0" errors="0" time="x"><testcase><flakyFailure/><pass/></testcase></testsuite></testsuites>',
    );
    expect(faults).toEqual([
      '<testsuites> with skipped',
      '<properties> inside <testsuites>',
      'time x',
      '<testcase> without name',
      '<flakyFailure> without type',
      '<pass> is unknown',
    ]);
  });

  it('holds whatever a text holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (text) => {
        const blocked = itemOf(1, text, [], { outcome: 'blocked', blockedBy: text });
        read({ suite: suiteOf('infra-error', [blocked], { errors: [text] }), runs: [] });
      }),
    );
  });
});

describe('what build services show', () => {
  it('is green for a suite that passed, and only for that', () => {
    expect(read(passedSuite())).toMatchObject({ '@failures': '0', '@errors': '0' });
    for (const sample of [mixedSuite(), runningSuite()]) {
      const totals = read(sample);
      expect(Number(totals['@failures']) + Number(totals['@errors'])).toBeGreaterThan(0);
    }
  });

  it('has a red case for each item that was judged and did not pass, a flaky one among them', () => {
    const { suites } = read(mixedSuite());
    const red = suites.filter((each) => redCases(each).length > 0).map((each) => each['@name']);
    expect(red).toEqual(['rightsizing', 'rollback', 'quantization', 'data-transfer', 'idle-detection']);
  });

  it('tells a flaky item as a failure with its red try in Surefire’s word', () => {
    const [red, ...others] = redCases(suiteNamed(mixedSuite(), 'rightsizing'));
    expect(others).toEqual([]);
    expect(red?.failure?.['@type']).toBe('flaky');
    expect(red?.failure?.['@message']).toMatch(/^try 1 failed: .*traffic\.new-nodes-share/);
    expect(red?.flakyFailure?.map((each) => each['@type'])).toEqual(['failed']);
  });

  it('tells the tries of a red item as reruns of its red phase', () => {
    const [red] = redCases(suiteNamed(mixedSuite(), 'rollback'));
    expect(red?.['@name']).toBe('6 monitor-execution');
    expect(red?.failure?.['#text']).toContain('expected completed, observed rolled_back');
    expect(red?.rerunError?.[0]?.['@message']).toContain('ECONNREFUSED');
  });

  it('tells a blocked item as skipped, with what blocked it', () => {
    const [only] = suiteNamed(mixedSuite(), 'onboarding-gcp').testcase;
    expect(only?.skipped?.['@message']).toBe('blocked: the environment offers no GCP');
  });

  it('is red when all items are blocked, skipped as they are', () => {
    const blocked = itemOf(1, 'onboarding-gcp', [], { outcome: 'blocked', blockedBy: 'no GCP' });
    const { suites } = read({ suite: suiteOf('infra-error', [blocked]), runs: [] });
    expect(redCases(suites.at(-1)!)).toMatchObject([
      { '@name': 'verdict', error: { '@type': 'infra-error' } },
    ]);
  });

  it('is red for what went wrong outside of all items', () => {
    const { suite, runs } = passedSuite();
    const sample = {
      suite: { ...suite, verdict: 'infra-error' as const, errors: ['left behind: i-1'] },
      runs,
    };
    expect(redCases(suiteNamed(sample, 'suite'))[0]?.error?.['@message']).toBe('left behind: i-1');
  });

  it('is as red without the records of the runs', () => {
    const { suite, runs } = mixedSuite();
    const redNames = (sample: Sample): string[] =>
      read(sample)
        .suites.filter((each) => redCases(each).length > 0)
        .map((each) => each['@name']);
    expect(redNames({ suite, runs: [] })).toEqual(redNames({ suite, runs }));
    const { suites } = read({ suite: passedSuite().suite, runs: [] });
    expect(suites.flatMap(redCases)).toEqual([]);
  });

  it('has the repetitions of a scenario under names of their own', () => {
    const run = passedRun();
    const items = [itemOf(1, 'rollback', [run]), itemOf(2, 'rollback', [run], { repetition: 2 })];
    const names = read({ suite: suiteOf('passed', items), runs: [run] }).suites.flatMap(({ testcase }) =>
      testcase.map((each) => `${each['@classname']} ${each['@name']}`),
    );
    expect(new Set(names).size).toBe(names.length);
  });

  it('names seed, revision and time scale, also one that was not recorded', () => {
    const properties = ({ properties: { property } }: Suite): Record<string, string> =>
      Object.fromEntries(property.map((each) => [each['@name'], each['@value']]));
    expect(properties(suiteNamed(mixedSuite(), 'onboarding-gcp'))).toMatchObject({
      seed: '7',
      git_revision: '3fd113f',
      time_scale: '60',
      suite_verdict: 'failed',
      outcome: 'blocked',
    });
    const xml = suiteJunitXml({ ...passedSuite(), surroundings: UNKNOWN_SURROUNDINGS });
    expect(xml).toContain('name="time_scale" value="not recorded"');
  });
});
