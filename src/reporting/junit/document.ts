import { escapeMarkup } from '../html/markup.ts';

/** One test case with at most one of the three outcomes that every reader of JUnit knows. */
export interface TestCase {
  readonly name: string;
  readonly seconds: number;
  readonly outcome: Outcome | null;
  /** Earlier tries of the same case that were red. */
  readonly tries?: readonly TryElement[];
  /** Shown beside the case; what a person would read in the console. */
  readonly output: readonly string[];
}
export interface Outcome {
  readonly element: 'failure' | 'error' | 'skipped';
  readonly type: string;
  readonly message: string;
  readonly detail: string;
}
/** Surefire's words: `flaky…` beside a last try that passed, `rerun…` beside one that did not. */
export interface TryElement {
  readonly element: 'flakyFailure' | 'flakyError' | 'rerunFailure' | 'rerunError';
  readonly type: string;
  readonly message: string;
}
export interface TestSuite {
  readonly name: string;
  /** Build services know a test by class and name: it is the same in every build, and once in a file. */
  readonly className: string;
  readonly startedAt: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly cases: readonly TestCase[];
}

/** JUnit XML after Jenkins's schema `junit-10.xsd`, the strictest of those in use. */
export function junitDocument(name: string, suites: readonly TestSuite[]): string {
  const totals = totalsOf(suites.flatMap(({ cases }) => cases)).filter(([key]) => key !== 'skipped');
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${attributes([['name', name], ...totals])}>`,
    ...suites.flatMap(suiteLines),
    '</testsuites>',
    '',
  ].join('\n');
}

/** Whether a build service would show anything of it in red. */
export function isRed(cases: readonly TestCase[]): boolean {
  return cases.some(({ outcome }) => outcome !== null && outcome.element !== 'skipped');
}

function suiteLines({ name, className, startedAt, properties, cases }: TestSuite): string[] {
  const head = attributes([['name', name], ...totalsOf(cases), ['timestamp', startedAt.slice(0, 19)]]);
  return [
    `  <testsuite ${head}>`,
    '    <properties>',
    ...Object.entries(properties).map(
      ([key, value]) =>
        `      <property ${attributes([
          ['name', key],
          ['value', value],
        ])}/>`,
    ),
    '    </properties>',
    ...cases.flatMap((each) => caseLines(className, each)),
    '  </testsuite>',
  ];
}

function totalsOf(cases: readonly TestCase[]): [string, string][] {
  const count = (element: Outcome['element']): string =>
    String(cases.filter(({ outcome }) => outcome?.element === element).length);
  return [
    ['tests', String(cases.length)],
    ['failures', count('failure')],
    ['errors', count('error')],
    ['skipped', count('skipped')],
    ['time', cases.reduce((sum, { seconds }) => sum + seconds, 0).toFixed(3)],
  ];
}

function caseLines(className: string, { name, seconds, outcome, tries = [], output }: TestCase): string[] {
  const head = attributes([
    ['classname', className],
    ['name', name],
    ['time', seconds.toFixed(3)],
  ]);
  const inside = [
    ...(outcome === null ? [] : [outcomeElement(outcome)]),
    ...tries.map(tryElement),
    ...(output.length === 0 ? [] : [`<system-out>${escapeMarkup(output.join('\n'))}</system-out>`]),
  ];
  return inside.length === 0
    ? [`    <testcase ${head}/>`]
    : [`    <testcase ${head}>`, ...inside.map((line) => `      ${line}`), '    </testcase>'];
}

function outcomeElement({ element, type, message, detail }: Outcome): string {
  if (element === 'skipped') return `<skipped ${attributes([['message', message]])}/>`;
  const head = `<${element} ${attributes([
    ['type', type],
    ['message', message],
  ])}`;
  return `${head}>${escapeMarkup(detail === '' ? message : detail)}</${element}>`;
}

function tryElement({ element, type, message }: TryElement): string {
  return `<${element} ${attributes([
    ['type', type],
    ['message', message],
  ])}>${escapeMarkup(message)}</${element}>`;
}

/** A parser turns a line break in an attribute into a space unless it is written as a reference. */
function attributes(pairs: readonly (readonly [string, string])[]): string {
  return pairs.map(([name, value]) => `${name}="${attribute(value)}"`).join(' ');
}

function attribute(text: string): string {
  return escapeMarkup(text).replaceAll('\n', '&#10;').replaceAll('\r', '&#13;').replaceAll('\t', '&#9;');
}
