import type { EngineConfiguration } from '../../../contracts/api/customers.ts';
import type { ConfigurationPlan, OptimizationPlan } from '../../../contracts/api/recommendations.ts';
import { fitQuantization } from '../kit/engine/quantization.ts';
import { differences } from '../../kit/configuration-differences.ts';

/** What a plan does to the answers, as far as it can be known beforehand. */
export interface QualityEffect {
  /** Published share of the score that is kept; null where no figure is published for it. */
  readonly ratio: number | null;
  /** What only the canary can show. */
  readonly unknown: readonly string[];
  readonly reason: string;
}

const UNCHANGED = 'Model, precision and engine configuration stay as they are.';
/** Settings that decide how fast an answer comes, not what it says. */
const SPEED_ONLY: readonly (keyof EngineConfiguration)[] = [
  'kv_allocation',
  'prefix_caching',
  'scheduler',
  'tensor_parallel_size',
];

export function qualityEffectOf(plan: OptimizationPlan): QualityEffect {
  switch (plan.kind) {
    case 'configuration_change':
      return effectOfChange(plan);
    case 'hybrid':
      return combine(plan.parts.map((part) => qualityEffectOf(part)));
    case 'placement':
      return {
        ratio: 1,
        unknown: ['the answers of the new place'],
        reason: 'The same model and configuration start anew in another place.',
      };
    case 'spot_migration':
    case 'scale_in':
    case 'replacement':
      return { ratio: 1, unknown: [], reason: UNCHANGED };
  }
}

function effectOfChange({ from, to, instance_type }: ConfigurationPlan): QualityEffect {
  const changed = (Object.keys(from) as (keyof EngineConfiguration)[]).filter((key) => from[key] !== to[key]);
  const unknown = changed.filter((key) => !SPEED_ONLY.includes(key) && key !== 'quantization');
  const ratio = quantizationRatio(from.quantization, to.quantization, instance_type);
  const kept =
    ratio === null ? 'no published loss' : `published evaluations keep ${(ratio * 100).toFixed(1)} %`;
  const reason = changed.includes('quantization')
    ? `Weights become ${to.quantization} from ${from.quantization}: ${kept} of the score.`
    : `Precision stays ${from.quantization}; changed: ${differences(from, to).join(', ') || 'nothing'}.`;
  return { ratio, unknown, reason };
}

/** Null when a format does not run on these GPUs: then no evaluation speaks for it. */
function quantizationRatio(
  from: EngineConfiguration['quantization'],
  to: EngineConfiguration['quantization'],
  instanceType: string,
): number | null {
  if (from === to) return 1;
  const [now, then] = [fitQuantization(instanceType, from), fitQuantization(instanceType, to)];
  return now.fits && then.fits ? then.mode.qualityRatio / now.mode.qualityRatio : null;
}

function combine(effects: readonly QualityEffect[]): QualityEffect {
  const reasons = new Set(effects.map(({ reason }) => reason));
  if (reasons.size > 1) reasons.delete(UNCHANGED);
  return {
    ratio: effects.reduce<number | null>(
      (product, { ratio }) => (product === null || ratio === null ? null : product * ratio),
      1,
    ),
    unknown: effects.flatMap(({ unknown }) => unknown),
    reason: [...reasons].join(' '),
  };
}
