import { REPLACEMENT_STEPS } from '../../contracts/api/recommendations.ts';
import type { Gate } from '../../contracts/runs.ts';
import { flagIs, listEquals, listHas, textIn } from '../facts.ts';
import { atLeast, near, witnessesAgree } from '../numbers.ts';

/** A spot node is lost after the rollout, and replaced by the platform's own accord. */
export const nodeLossGates = {
  'lose-a-node': [
    listHas({ gate: 'node-was-announced', evidence: 'action.reclaim', minimum: 2, what: 'action and node' }),
  ],
  'await-replacement': [
    atLeast({
      gate: 'interruption-notice-told',
      evidence: 'event.instance.interruption_notice.live',
      threshold: 1,
    }),
    witnessesAgree({
      gate: 'interruption-notice-stored',
      evidence: 'event.instance.interruption_notice.live',
      witness: 'event.instance.interruption_notice.stored',
      toleranceShare: 0,
    }),
    near({ gate: 'one-replacement-offered', evidence: 'own-accord.count', expected: 1, tolerance: 0 }),
    textIn({ gate: 'replacement-by-the-cost-agent', evidence: 'own-accord.agent', allowed: ['cost'] }),
  ],
  'follow-replacement': [
    textIn({ gate: 'replacement-completed', evidence: 'replacement.status', allowed: ['completed'] }),
    listEquals({
      gate: 'replacement-steps-completed',
      evidence: 'replacement.completed-steps',
      expected: REPLACEMENT_STEPS,
    }),
    flagIs({
      gate: 'replacement-steps-carry-evidence',
      evidence: 'replacement.steps-carry-evidence',
      expected: true,
      because: 'every step names what it did and saw',
    }),
  ],
} satisfies Readonly<Record<string, readonly Gate[]>>;

/** Exactly so many nodes of each kind, and world, cloud and platform count the same. */
export function fleetCounts(
  prefix: string,
  expected: { readonly spot: number; readonly onDemand: number; readonly fallback: number },
): readonly Gate[] {
  const { spot, onDemand, fallback } = expected;
  const nodes = (name: string): string => `${prefix}.nodes.${name}`;
  const exactly = (gate: string, name: string, count: number): Gate =>
    near({ gate: `${prefix}-${gate}`, evidence: nodes(name), expected: count, tolerance: 0 });
  const agrees = (witness: string): Gate =>
    witnessesAgree({
      gate: `${prefix}-nodes-agree-with-${witness}`,
      evidence: nodes('cloud'),
      witness: nodes(witness),
      toleranceShare: 0,
    });
  return [
    exactly('nodes-conserved', 'cloud', spot + onDemand),
    exactly('spot-nodes', 'spot', spot),
    exactly('on-demand-nodes', 'on-demand', onDemand),
    exactly('fallback-nodes', 'fallback', fallback),
    agrees('world'),
    agrees('platform'),
  ];
}
