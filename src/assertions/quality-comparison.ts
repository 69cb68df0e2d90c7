import type { Gate } from '../contracts/runs.ts';
import { CANARY, THRESHOLDS } from '../contracts/thresholds.ts';
import { gateOf, showValue } from './judge.ts';

/** Fewer pairs cannot show a drop of 5 % (world spec §6). */
const MINIMUM_PAIRS = 37;

/** The drop is proven and matters, by the harness's own statistics: lower bound above 0, drop above 5 %. */
export function dropProven(): Gate {
  return gateOf({
    gate: 'drop-proven-by-own-statistics',
    needs: ['comparison.drop.recomputed', 'comparison.lower.recomputed'],
    minimumSamples: MINIMUM_PAIRS,
    expected: `drop > ${percent(THRESHOLDS.qualityRelativeDrop)}, its lower 95 % bound > 0`,
    rule: (read) => {
      const [drop, lower] = [
        read.number('comparison.drop.recomputed'),
        read.number('comparison.lower.recomputed'),
      ];
      return {
        passed: drop > THRESHOLDS.qualityRelativeDrop && lower > 0,
        observed: `${percent(drop)}, lower bound ${percent(lower)}`,
        reason: lower > 0 ? 'answers are worse with 95 % confidence' : 'it may be chance',
      };
    },
  });
}

/** Even the upper bound of the drop stays within what the customer bears, by the harness's own statistics. */
export function dropExcluded(): Gate {
  return gateOf({
    gate: 'drop-excluded-by-own-statistics',
    needs: ['comparison.upper.recomputed', 'comparison.drop.recomputed'],
    minimumSamples: MINIMUM_PAIRS,
    expected: `upper 95 % bound of the drop ≤ ${percent(THRESHOLDS.qualityRelativeDrop)}`,
    rule: (read) => {
      const upper = read.number('comparison.upper.recomputed');
      return {
        passed: upper <= THRESHOLDS.qualityRelativeDrop,
        observed: percent(upper),
        reason: `drop of ${percent(read.number('comparison.drop.recomputed'))}`,
      };
    },
  });
}

/** The platform noticed by itself exactly what the pipeline delivered: each difference names it, and there is one. */
export function changeNoticed(): Gate {
  return gateOf({
    gate: 'change-noticed',
    needs: ['change.noticed', 'deploy.names'],
    expected: 'the audit names what was delivered, and nothing else',
    rule: (read) => {
      const noticed = read.list('change.noticed').map(String);
      const delivered = read.list('deploy.names').map(String);
      const told = delivered.every((name) => noticed.some((each) => each.endsWith(`→ ${name}`)));
      return {
        passed: delivered.length > 0 && told && noticed.length === delivered.length,
        observed: noticed.length === 0 ? 'nothing' : noticed.join('; '),
        reason: `delivered: ${delivered.join(', ')}`,
      };
    },
  });
}

/** Every node serves with what the pipeline delivered, by the world's own word; no node at all is nothing delivered. */
export function changeDeployed(): Gate {
  return gateOf({
    gate: 'change-deployed',
    needs: ['deploy.nodes-changed', 'deploy.nodes'],
    expected: 'every node serves with it',
    rule: (read) => {
      const [changed, nodes] = [read.number('deploy.nodes-changed'), read.number('deploy.nodes')];
      return {
        passed: nodes > 0 && changed === nodes,
        observed: `${showValue(changed)} of ${showValue(nodes)} nodes`,
        reason: 'as the world says',
      };
    },
  });
}

/** Prompts were asked and some stayed without an answer: what the finding has to be about. */
export function promptsUnanswered(): Gate {
  return gateOf({
    gate: 'prompts-unanswered',
    needs: ['thin.prompts-answered', 'thin.prompts-asked'],
    expected: 'fewer answers than prompts',
    rule: (read) => {
      const [answered, asked] = [read.number('thin.prompts-answered'), read.number('thin.prompts-asked')];
      return {
        passed: answered < asked,
        observed: `${showValue(answered)} of ${showValue(asked)}`,
        reason: `${showValue(asked - answered)} prompts without an answer`,
      };
    },
  });
}

/** A full baseline, which 183 scores are the least for. */
export const BASELINE_SAMPLES = CANARY.minimumQualitySamplesPerArm;

function percent(share: number): string {
  return `${showValue(share * 100)} %`;
}
