import type { ServiceLevelObjective } from '../../../contracts/api/customers.ts';
import type { ValidationDraft } from '../../../contracts/api/orchestration.ts';
import type { OptimizationPlan } from '../../../contracts/api/recommendations.ts';
import { approve, approveIf, veto } from '../kit/opinion.ts';
import { describe, type Baseline, type BaselineResult } from './baseline.ts';
import { ALARM_DROP, percent } from './paired-comparison.ts';
import { qualityEffectOf, type QualityEffect } from './quality-effect.ts';

export interface QualityEvidence {
  /** How good the answers to the customer's own traffic are now. */
  readonly traffic: BaselineResult;
  /** Answers given in the same window, scored or not. */
  readonly answers: number;
  /** Golden baseline of the present engine configuration. */
  readonly golden: Baseline | null;
}

/** Does quality survive the plan, and is there something to hold it against? */
export function judgePlan(
  plan: OptimizationPlan,
  evidence: QualityEvidence,
  slo: ServiceLevelObjective,
): ValidationDraft {
  if (plan.kind === 'scale_in' && plan.keep_instance_ids.length === 0) return judgeShutdown(evidence);
  if (plan.kind === 'replacement') return judgeReplacement(evidence);
  const { traffic, golden } = evidence;
  if (!traffic.established) return veto({ reasons: [traffic.reason], figures: {}, baseline: golden });
  return judgeChange({ effect: qualityEffectOf(plan), now: traffic.baseline, golden, slo });
}

/** Whoever gets no answers gets no worse ones; as long as somebody does, all of them would be lost. */
function judgeShutdown({ answers }: QualityEvidence): ValidationDraft {
  const figures = { answers_count: answers };
  if (answers === 0) return approve({ reasons: ['Nobody has been answered in the last hour.'], figures });
  return veto({
    reasons: [`${answers} answers were given in the last hour: they would all be lost.`],
    figures,
  });
}

/** The lost node goes whatever is said here; the one in its place runs what it ran. */
function judgeReplacement({ traffic, answers, golden }: QualityEvidence): ValidationDraft {
  const reasons = ['A node with the same model, precision and engine configuration takes the place.'];
  const baseline = golden ?? (traffic.established ? traffic.baseline : null);
  if (baseline !== null) reasons.unshift(describe(baseline));
  return approve({ reasons, figures: { answers_count: answers }, baseline });
}

interface Change {
  readonly effect: QualityEffect;
  readonly now: Baseline;
  readonly golden: Baseline | null;
  readonly slo: ServiceLevelObjective;
}

function judgeChange({ effect, now, golden, slo }: Change): ValidationDraft {
  const promised = slo.quality_score;
  const reasons = [describe(now), ...(golden === null ? [] : [describe(golden)]), effect.reason];
  const opinion = { reasons, figures: figuresOf(effect, now, slo), baseline: golden ?? now };
  const refuse = (reason: string): ValidationDraft => veto({ ...opinion, reasons: [reason, ...reasons] });
  if (now.interval.high < promised) {
    return refuse(`Quality is below the promised ${promised} already: a change on top would hide the cause.`);
  }
  if (effect.ratio === null)
    return refuse('No published evaluation says what this change does to the answers.');
  const [loss, expected] = [1 - effect.ratio, now.mean_score * effect.ratio];
  if (loss > ALARM_DROP) {
    return refuse(
      `A loss of ${percent(loss)} is expected, more than the ${percent(ALARM_DROP)} that may be lost.`,
    );
  }
  if (expected < promised) {
    return refuse(`Quality of ${expected.toFixed(4)} is expected, below the promised ${promised}.`);
  }
  const condition = conditionOf(effect, now, promised);
  return condition === null ? approve(opinion) : approveIf(condition, opinion);
}

function conditionOf({ ratio, unknown }: QualityEffect, now: Baseline, promised: number): string | null {
  if (unknown.length > 0) return `The canary must show what nobody can know before: ${unknown.join(', ')}.`;
  if (now.interval.low * (ratio ?? 1) >= promised) return null;
  return `Quality is watched at every stage: it is not surely above the promised ${promised}${ratio === 1 ? ' now' : ' then'}.`;
}

function figuresOf(effect: QualityEffect, now: Baseline, slo: ServiceLevelObjective): Record<string, number> {
  return {
    baseline_quality_mean: now.mean_score,
    baseline_quality_low: now.interval.low,
    baseline_quality_high: now.interval.high,
    baseline_quality_standard_deviation: now.standard_deviation,
    quality_samples_count: now.sample_size,
    slo_quality_score: slo.quality_score,
    ...(effect.ratio === null
      ? {}
      : {
          published_quality_ratio_share: effect.ratio,
          expected_quality_mean: now.mean_score * effect.ratio,
        }),
  };
}
