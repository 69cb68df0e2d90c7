import type { ServiceLevelObjective } from '../../../contracts/api/customers.ts';
import { CANARY, THRESHOLDS } from '../../../contracts/thresholds.ts';
import type { PriorTraffic, StageRequirement } from '../contract.ts';
import { fisherGreater, lowerBound, upperBound } from './bounds.ts';

/** One arm of a window as ClickHouse measured it. Latencies are of answered requests; null where there was none. */
export interface ArmSample {
  readonly instanceIds: readonly string[];
  readonly requests: number;
  readonly errors: number;
  readonly latencyMsP50: number | null;
  readonly latencyMsP95: number | null;
  readonly latencyMsP99: number | null;
  /** Answered requests slower than the promise for P95 and for P99. */
  readonly overLatencyMsP95: number;
  readonly overLatencyMsP99: number;
  readonly qualitySamples: number;
  readonly meanQuality: number | null;
  readonly qualityVariance: number | null;
}
export interface StageSample {
  readonly canary: ArmSample;
  readonly control: ArmSample;
  /** One-sided p-value that the canary is slower; null when an arm has no answered request. */
  readonly latencyPValue: number | null;
}
interface Opinion {
  readonly verdict: 'passed' | 'failed' | 'inconclusive';
  readonly reason: string;
}
export interface Decision {
  readonly verdict: Opinion['verdict'];
  readonly reasons: readonly string[];
}
export interface StagePromise {
  readonly slo: ServiceLevelObjective;
  readonly requirement: StageRequirement;
  readonly prior: PriorTraffic;
}

const Z_95_ONE_SIDED = 1.6449;

/** The verdict on a stage: failed when one check failed, inconclusive when one could not tell, else passed. */
export function decide(sample: StageSample, promise: StagePromise): Decision {
  const { mode } = promise.requirement;
  const opinions = [
    ...enoughSamples(sample, promise.requirement),
    ...(mode === 'fewer_nodes' ? [] : [latencyAgainstControl(sample)]),
    ...latencyPromises(sample, promise),
    errorsAgainstControl(sample),
    errorPromise(sample.canary, promise),
    qualityAgainstControl(sample),
    qualityPromise(sample, promise),
  ];
  const verdict = (['failed', 'inconclusive'] as const).find((wanted) =>
    opinions.some((opinion) => opinion.verdict === wanted),
  );
  const decisive = opinions.filter((opinion) => opinion.verdict === (verdict ?? 'passed'));
  return { verdict: verdict ?? 'passed', reasons: decisive.map(({ reason }) => reason) };
}

function enoughSamples(sample: StageSample, requirement: StageRequirement): Opinion[] {
  return (['canary', 'control'] as const).flatMap((name) => {
    const arm = sample[name];
    const few: Opinion[] = [];
    if (arm.requests < requirement.requestsPerArm) {
      few.push(unsure(`${name}: ${arm.requests} requests, ${requirement.requestsPerArm} are needed`));
    }
    if (arm.qualitySamples < requirement.qualitySamplesPerArm) {
      few.push(
        unsure(
          `${name}: ${arm.qualitySamples} quality samples, ${requirement.qualitySamplesPerArm} are needed`,
        ),
      );
    }
    return few;
  });
}

function latencyAgainstControl({ canary, control, latencyPValue }: StageSample): Opinion {
  const ratio = latencyRatio(canary, control);
  if (ratio === null || latencyPValue === null) return unsure('latency: an arm answered no request');
  const figures = `median ${format(canary.latencyMsP50)} ms against ${format(control.latencyMsP50)} ms (× ${ratio.toFixed(3)}, p ${latencyPValue.toPrecision(2)})`;
  const worse = latencyPValue < CANARY.alpha && ratio > 1 + CANARY.relevantLatencyShift;
  if (!worse) return green(`latency like control: ${figures}`);
  const answered = Math.min(canary.requests - canary.errors, control.requests - control.errors);
  const visible = visibleShift(answered);
  return ratio > 1 + visible
    ? red(`latency worse than control: ${figures}`)
    : unsure(
        `latency: ${figures}: ${answered} requests an arm tell a shift above ${percent(visible)} from noise`,
      );
}

/**
 * Latencies of neighbours in a queue resemble each other, so that the test is too sure of small shifts seen in few
 * requests: such a shift asks for more of them instead of a rollback.
 */
function visibleShift(requestsPerArm: number): number {
  const step = CANARY.visibleLatencyShift.find((each) => requestsPerArm >= each.requestsPerArm);
  return step?.shift ?? Number.POSITIVE_INFINITY;
}

/**
 * "P95 is over the limit" is the same as "more than 5 % are over the limit", which has an exact bound. A change that is to
 * improve things is not blamed for a promise that its control breaks as well.
 */
function latencyPromises({ canary, control }: StageSample, { slo, requirement }: StagePromise): Opinion[] {
  return [
    tail('P95', 0.05, 'overLatencyMsP95', slo.latency_ms_p95, canary.latencyMsP95),
    tail('P99', 0.01, 'overLatencyMsP99', slo.latency_ms_p99, canary.latencyMsP99),
  ];

  function tail(
    name: string,
    share: number,
    over: 'overLatencyMsP95' | 'overLatencyMsP99',
    limitMs: number,
    observedMs: number | null,
  ): Opinion {
    const answered = canary.requests - canary.errors;
    const figures = `latency ${name} ${format(observedMs)} ms, promised ${format(limitMs)} ms`;
    if (observedMs === null) return unsure(`latency ${name}: no answered request`);
    if (canary[over] / answered <= share) return green(`${figures}: kept`);
    const controlAnswered = control.requests - control.errors;
    if (requirement.mode === 'improving' && control[over] / controlAnswered > share) {
      return green(`${figures}: broken by the control too`);
    }
    return lowerBound(canary[over], answered) > share
      ? red(`${figures}: broken`)
      : unsure(`${figures}: over, but not surely`);
  }
}

function errorsAgainstControl({ canary, control }: StageSample): Opinion {
  const figures = `${canary.errors} of ${canary.requests} against ${control.errors} of ${control.requests}`;
  const p = fisherGreater(canary.errors, canary.requests, control.errors, control.requests);
  return p < CANARY.alpha
    ? red(`errors worse than control: ${figures}`)
    : green(`errors like control: ${figures}`);
}

function errorPromise(canary: ArmSample, { slo, requirement, prior }: StagePromise): Opinion {
  const errors = prior.errors + canary.errors;
  const requests = prior.requests + canary.requests;
  const upper = upperBound(errors, requests);
  const figures = `${errors} errors in ${requests} requests of new nodes (at most ${percent(upper)}), promised ${percent(slo.error_rate)}`;
  if (lowerBound(errors, requests) > slo.error_rate) return red(`error rate: ${figures}: broken`);
  if (requirement.proveErrorRate && upper > slo.error_rate)
    return unsure(`error rate: ${figures}: not proven yet`);
  return green(`error rate: ${figures}`);
}

/** Relative drop of mean quality with the standard error of the ratio of means. */
export function qualityDrop(
  canary: ArmSample,
  control: ArmSample,
): { readonly drop: number; readonly lower: number; readonly upper: number } | null {
  const { meanQuality: mean, qualityVariance: variance, qualitySamples: n } = canary;
  const { meanQuality: base, qualityVariance: baseVariance, qualitySamples: baseN } = control;
  if (mean === null || base === null || variance === null || baseVariance === null || base <= 0) return null;
  const drop = 1 - mean / base;
  const error = Math.sqrt(variance / n / base ** 2 + (mean ** 2 * baseVariance) / baseN / base ** 4);
  return { drop, lower: drop - Z_95_ONE_SIDED * error, upper: drop + Z_95_ONE_SIDED * error };
}

function qualityAgainstControl({ canary, control }: StageSample): Opinion {
  const quality = qualityDrop(canary, control);
  if (quality === null) return unsure('quality: an arm has no scored requests');
  const limit = THRESHOLDS.qualityRelativeDrop;
  const figures = `drop ${percent(quality.drop)} (at most ${percent(quality.upper)}), allowed ${percent(limit)}`;
  if (quality.upper <= limit) return green(`quality: ${figures}`);
  if (quality.drop > limit && quality.lower > 0) return red(`quality fell: ${figures}`);
  return unsure(`quality: ${figures}: not surely within`);
}

function qualityPromise({ canary, control }: StageSample, { slo, requirement }: StagePromise): Opinion {
  if (canary.meanQuality === null || canary.qualityVariance === null)
    return unsure('quality: nothing scored');
  const error = Z_95_ONE_SIDED * Math.sqrt(canary.qualityVariance / canary.qualitySamples);
  const figures = `mean quality ${canary.meanQuality.toFixed(3)} ± ${error.toFixed(3)}, promised ${slo.quality_score}`;
  if (canary.meanQuality >= slo.quality_score) return green(`${figures}: kept`);
  const controlBreaks = control.meanQuality !== null && control.meanQuality < slo.quality_score;
  if (requirement.mode === 'improving' && controlBreaks)
    return green(`${figures}: broken by the control too`);
  return canary.meanQuality + error < slo.quality_score
    ? red(`${figures}: broken`)
    : unsure(`${figures}: unsure`);
}

export function latencyRatio(canary: ArmSample, control: ArmSample): number | null {
  if (canary.latencyMsP50 === null || control.latencyMsP50 === null || control.latencyMsP50 <= 0) return null;
  return canary.latencyMsP50 / control.latencyMsP50;
}

const red = (reason: string): Opinion => ({ verdict: 'failed', reason });
const green = (reason: string): Opinion => ({ verdict: 'passed', reason });
const unsure = (reason: string): Opinion => ({ verdict: 'inconclusive', reason });
const format = (ms: number | null): string => (ms === null ? 'none' : ms.toFixed(0));
const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;
