import type { Gate } from '../contracts/runs.ts';
import { gateOf, showValue } from './judge.ts';

/** Passes when a flag has the expected value. */
export function flagIs(options: {
  gate: string;
  evidence: string;
  expected: boolean;
  because: string;
}): Gate {
  return gateOf({
    gate: options.gate,
    needs: [options.evidence],
    expected: options.because,
    rule: (read) => {
      const value = read.flag(options.evidence);
      const passed = value === options.expected;
      return {
        passed,
        observed: String(value),
        reason: passed ? options.because : `not true: ${options.because}`,
      };
    },
  });
}

/** Passes when a text is one of the allowed ones. */
export function textIn(options: { gate: string; evidence: string; allowed: readonly string[] }): Gate {
  const expected = options.allowed.join(' or ');
  return gateOf({
    gate: options.gate,
    needs: [options.evidence],
    expected,
    rule: (read) => {
      const value = read.text(options.evidence);
      const passed = options.allowed.includes(value);
      return { passed, observed: value, reason: `${value} is ${passed ? '' : 'not '}${expected}` };
    },
  });
}

/** Passes when a text contains at least one of these words, in any case. */
export function textContains(options: { gate: string; evidence: string; words: readonly string[] }): Gate {
  const expected = `says ${options.words.join(' or ')}`;
  return gateOf({
    gate: options.gate,
    needs: [options.evidence],
    expected,
    rule: (read) => {
      const value = read.text(options.evidence);
      const passed = options.words.some((word) => value.toLowerCase().includes(word.toLowerCase()));
      return { passed, observed: value, reason: passed ? expected : `not true: ${expected}` };
    },
  });
}

/** Passes when the list holds at least `minimum` entries; an empty list proves nothing. */
export function listHas(options: { gate: string; evidence: string; minimum: number; what: string }): Gate {
  return gateOf({
    gate: options.gate,
    needs: [options.evidence],
    expected: `at least ${String(options.minimum)} ${options.what}`,
    rule: (read) => {
      const list = read.list(options.evidence);
      return {
        passed: list.length >= options.minimum,
        observed: showValue(list),
        reason: `${String(list.length)} ${options.what}`,
      };
    },
  });
}

/** Passes when the list holds exactly these entries, in this order. */
export function listEquals(options: {
  gate: string;
  evidence: string;
  expected: readonly (string | number)[];
}): Gate {
  return gateOf({
    gate: options.gate,
    needs: [options.evidence],
    expected: showList(options.expected),
    rule: (read) => {
      const list = read.list(options.evidence);
      const passed =
        list.length === options.expected.length &&
        list.every((each, index) => each === options.expected[index]);
      return {
        passed,
        observed: showList(list),
        reason: passed ? 'complete and in order' : 'not the expected list',
      };
    },
  });
}

/** Passes when every required entry is in the list. */
export function listIncludes(options: { gate: string; evidence: string; required: readonly string[] }): Gate {
  return gateOf({
    gate: options.gate,
    needs: [options.evidence],
    expected: `includes ${options.required.join(', ')}`,
    rule: (read) => {
      const list = read.list(options.evidence);
      const missing = options.required.filter((each) => !list.includes(each));
      return {
        passed: missing.length === 0,
        observed: showList(list),
        reason: missing.length === 0 ? 'all there' : `missing: ${missing.join(', ')}`,
      };
    },
  });
}

/** An empty list must be seen to be one. */
function showList(list: readonly (string | number)[]): string {
  return list.length === 0 ? 'none' : showValue(list);
}
