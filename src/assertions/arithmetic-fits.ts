import type { Gate } from '../contracts/runs.ts';
import { gateOf, showValue } from './judge.ts';

/** Weights kept in FP8 are computed in FP8 only where the GPU can: a prompt gains nothing from weights alone. */
export function noFp8Arithmetic(options: { gate: string; prefix: string }): Gate {
  const [quantization, factor] = [`${options.prefix}.quantization`, `${options.prefix}.prefill-factor`];
  return gateOf({
    gate: options.gate,
    needs: [quantization, factor],
    expected: 'no plan that computes in FP8',
    rule: (read) => {
      const [weights, prefill] = [read.text(quantization), read.number(factor)];
      return {
        passed: weights !== 'fp8' || prefill === 1,
        observed: `${weights}, a prompt at ${showValue(prefill)} of its time`,
        reason:
          weights === 'fp8' && prefill !== 1
            ? 'the plan counts on arithmetic that this GPU does not have'
            : 'only the weights become smaller',
      };
    },
  });
}

/** A refusal names what is refused, on what, and what the hardware lacks. */
export function refusalNamed(options: {
  gate: string;
  evidence: string;
  what: string;
  on: string;
  because: string;
}): Gate {
  const words = [options.what, options.on, options.because];
  return gateOf({
    gate: options.gate,
    needs: [options.evidence],
    expected: `a finding with ${words.map((word) => `“${word}”`).join(', ')}`,
    rule: (read) => {
      const findings = read.list(options.evidence).map(String);
      const found = findings.find((each) => words.every((word) => each.includes(word)));
      return {
        passed: found !== undefined,
        observed: findings.length === 0 ? 'no refusal' : showValue(findings),
        reason: found ?? 'no finding names all of it',
      };
    },
  });
}

/** A GPU that has the arithmetic is not told that it lacks it. */
export function notRefused(options: { gate: string; evidence: string; what: string }): Gate {
  return gateOf({
    gate: options.gate,
    needs: [options.evidence],
    expected: `no finding that refuses ${options.what}`,
    rule: (read) => {
      const findings = read.list(options.evidence).map(String);
      const refused = findings.filter((each) => each.includes(options.what));
      return {
        passed: refused.length === 0,
        observed: refused.length === 0 ? 'none' : showValue(refused),
        reason: `${String(findings.length)} refusals looked at`,
      };
    },
  });
}
