import type { Gate } from '../contracts/runs.ts';
import type { ResolutionStrategy } from '../contracts/api/orchestration.ts';
import { gateOf, showValue } from './judge.ts';

const PAYLOAD_OF: Readonly<Record<ResolutionStrategy, string>> = {
  prioritize_customer: 'chosen_recommendation',
  negotiate_hybrid: 'hybrid_solution',
  sequential_execution: 'execution_order',
};

/** The answer carries the payload of its strategy, and no other. */
export function payloadFitsStrategy(prefix: string): Gate {
  return gateOf({
    gate: `${prefix}-payload-fits-strategy`,
    needs: [`${prefix}.payloads`, `${prefix}.strategy`],
    expected: 'the payload of the strategy and no other',
    rule: (read) => {
      const strategy = read.text(`${prefix}.strategy`);
      const payloads = read.list(`${prefix}.payloads`);
      const wanted = Object.entries(PAYLOAD_OF).find(([name]) => name === strategy)?.[1];
      const passed = wanted !== undefined && payloads.length === 1 && payloads[0] === wanted;
      return {
        passed,
        observed: `${strategy} with ${payloads.length === 0 ? 'nothing' : showValue(payloads)}`,
        reason: wanted === undefined ? `${strategy} is no strategy` : `${strategy} carries ${wanted}`,
      };
    },
  });
}

/** Two observations say the same, text or list alike. */
export function sameAs(options: { gate: string; evidence: string; other: string; because: string }): Gate {
  return compare(options, true);
}

/** Two observations differ. */
export function differsFrom(options: {
  gate: string;
  evidence: string;
  other: string;
  because: string;
}): Gate {
  return compare(options, false);
}

function compare(
  options: { gate: string; evidence: string; other: string; because: string },
  same: boolean,
): Gate {
  const { gate, evidence, other, because } = options;
  return (known) => {
    const [one, two] = [evidence, other].map((name) => JSON.stringify(known[name]?.value ?? null));
    return gateOf({
      gate,
      needs: [evidence, other],
      expected: because,
      rule: () => {
        const passed = (one === two) === same;
        return {
          passed,
          observed: `${String(one)} against ${String(two)}`,
          reason: passed ? because : `not true: ${because}`,
        };
      },
    })(known);
  };
}

/** The list is empty, and it was read from something: without samples an empty list proves nothing. */
export function noneOf(options: { gate: string; evidence: string; what: string }): Gate {
  return gateOf({
    gate: options.gate,
    needs: [options.evidence],
    minimumSamples: 1,
    expected: `no ${options.what}`,
    rule: (read) => {
      const list = read.list(options.evidence);
      return {
        passed: list.length === 0,
        observed: list.length === 0 ? 'none' : showValue(list),
        reason: `${String(list.length)} ${options.what}`,
      };
    },
  });
}
