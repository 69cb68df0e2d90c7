import { XMLParser } from 'fast-xml-parser';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { RunState } from '../../../src/contracts/runs.ts';
import { junitXml } from '../../../src/reporting/junit.ts';
import {
  cancelledRun,
  inconclusiveRun,
  infraErrorRun,
  notReached,
  passedPhases,
  passedRun,
  rolledBackRun,
  runningRun,
  runOf,
} from '../../fixtures/runs.ts';
import { xmlFaults } from '../../fixtures/xml.ts';

interface Case {
  readonly '@name': string;
  readonly '@classname': string;
  readonly '@time': string;
  readonly failure?: { readonly '@message': string; readonly '@type': string; readonly '#text'?: string };
  readonly error?: { readonly '@message': string; readonly '@type': string };
  readonly skipped?: unknown;
  readonly 'system-out'?: string;
}
interface Totals {
  readonly '@tests': string;
  readonly '@failures': string;
  readonly '@errors': string;
  readonly '@skipped': string;
  readonly '@time': string;
}
interface Suite extends Totals {
  readonly '@name': string;
  readonly '@timestamp': string;
  readonly properties: {
    readonly property: readonly { readonly '@name': string; readonly '@value': string }[];
  };
  readonly testcase: readonly Case[];
}

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  isArray: (name) => name === 'testcase' || name === 'property',
});

function read(run: RunState): { readonly totals: Totals; readonly suite: Suite } {
  const xml = junitXml(run);
  expect(xmlFaults(xml)).toEqual([]);
  const { testsuites } = parser.parse(xml) as { testsuites: Totals & { testsuite: Suite } };
  return { totals: testsuites, suite: testsuites.testsuite };
}

const outcomeOf = (each: Case): string =>
  ['failure', 'error', 'skipped'].filter((name) => name in each).join('+') || 'passed';

const ALL = [passedRun(), rolledBackRun(), inconclusiveRun(), infraErrorRun(), cancelledRun(), runningRun(3)];

describe.each(ALL.map((run) => [run.verdict ?? 'running', run] as const))(
  'JUnit of a run that is %s',
  (_, run) => {
    const { totals, suite } = read(run);

    it('counts its cases, the same in suite and suites', () => {
      const count = (name: string): string =>
        String(suite.testcase.filter((each) => outcomeOf(each) === name).length);
      for (const each of [totals, suite]) {
        expect(each).toMatchObject({
          '@tests': String(suite.testcase.length),
          '@failures': count('failure'),
          '@errors': count('error'),
          ...(each === suite ? { '@skipped': count('skipped') } : {}),
        });
      }
      const seconds = suite.testcase.reduce((sum, each) => sum + Number(each['@time']), 0);
      expect(Number(suite['@time'])).toBeCloseTo(seconds, 2);
    });

    it('gives every case a name of its own, its class and one outcome', () => {
      const names = suite.testcase.map((each) => each['@name']);
      expect(new Set(names).size).toBe(names.length);
      expect(names.slice(0, 2)).toEqual(['1 record-initial-state', '2 trigger-cost-analysis']);
      expect(suite.testcase.every((each) => each['@classname'] === 'spot-migration')).toBe(true);
      expect(suite.testcase.every((each) => !outcomeOf(each).includes('+'))).toBe(true);
    });

    it('dates the suite as the schema asks', () => {
      expect(suite['@timestamp']).toBe('2026-11-22T14:01:35');
    });

    it('is red exactly when the run did not pass', () => {
      const isRed = Number(totals['@failures']) + Number(totals['@errors']) > 0;
      expect(isRed).toBe(run.verdict !== 'passed');
    });
  },
);

describe('JUnit', () => {
  const caseOf = (run: RunState, name: string): Case => {
    const found = read(run).suite.testcase.find((each) => each['@name'] === name);
    if (found === undefined) throw new Error(`no case ${name}`);
    return found;
  };

  it('tells a failed phase with each red gate, once each', () => {
    const { failure } = caseOf(rolledBackRun(), '6 monitor-execution');
    expect(failure?.['@type']).toBe('failed');
    expect(failure?.['@message']).toBe(
      'traffic-at-50-percent: no evidence for traffic.new-nodes-share.at-50; optimization-successful: rolled_back is not completed',
    );
    expect(failure?.['#text']).toContain(
      'expected completed, observed rolled_back (GET /optimizations/{id})',
    );
  });

  it('makes an inconclusive phase a failure and says so', () => {
    expect(caseOf(inconclusiveRun(), '1 record-initial-state').failure?.['@type']).toBe('inconclusive');
  });

  it.each([
    [infraErrorRun(), '1 record-initial-state', 'infra-error', /ECONNREFUSED/],
    [cancelledRun(), '5 customer-approval', 'cancelled', /cancelled/],
  ])('makes broken infrastructure and a cancelled run errors', (run, name, type, message) => {
    const { error } = caseOf(run, name);
    expect(error?.['@type']).toBe(type);
    expect(error?.['@message']).toMatch(message);
  });

  it('shows what a phase saw and how each gate went', () => {
    const output = caseOf(passedRun(), '1 record-initial-state')['system-out'];
    expect(output).toContain('Initial monthly cost: $120,012\n');
    expect(output).toContain('passed: phase-budget: 5.4 s');
  });

  it('has a red clean-up when the clean-up failed', () => {
    const run = passedRun({ verdict: 'infra-error', cleanup: 'failed', errors: ['EC2 is gone'] });
    expect(caseOf(run, 'clean-up')).toMatchObject({
      error: { '@type': 'infra-error' },
      'system-out': 'EC2 is gone',
    });
    expect(outcomeOf(caseOf(passedRun(), 'clean-up'))).toBe('passed');
  });

  it('does not look green when phases were left out', () => {
    const run = runOf(
      'inconclusive',
      passedPhases().map((phase) => (phase.number > 8 ? notReached(phase) : phase)),
    );
    expect(caseOf(run, 'verdict').failure?.['@type']).toBe('inconclusive');
    expect(read(passedRun()).suite.testcase.some((each) => each['@name'] === 'verdict')).toBe(false);
  });

  it('carries what is needed to run the same again, and that it was a drill', () => {
    const properties = Object.fromEntries(
      read(rolledBackRun()).suite.properties.property.map((each) => [each['@name'], each['@value']]),
    );
    expect(properties).toMatchObject({
      seed: '7',
      git_revision: '3fd113f',
      drill: 'slow-nodes before monitor-execution',
    });
  });

  it('stays well-formed whatever a text holds, and keeps line breaks of messages', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (text) => {
        const [first, ...rest] = passedPhases();
        const broken = { ...first!, verdict: 'infra-error' as const, error: text, notes: [text] };
        expect(read(runOf('infra-error', [broken, ...rest], { scenario: text })).suite.testcase).toHaveLength(
          10,
        );
      }),
    );
    const [first] = infraErrorRun().phases;
    expect(junitXml(runOf('infra-error', [{ ...first!, error: 'one\ntwo' }]))).toContain(
      'message="one&#10;two"',
    );
  });
});
