import type { EngineConfiguration } from '../../../../contracts/api/customers.ts';
import type { DeploymentObservation } from '../observation/observe-deployment.ts';
import { prefixShareOf } from './prefix-share.ts';
import { fitQuantization, type QuantizationMode } from './quantization.ts';

/** A deployment as it would be with another engine configuration. */
export type Reconfigured =
  | {
      readonly ok: true;
      readonly observation: DeploymentObservation;
      /** The same with the least and the most that the prefix cache may hold. */
      readonly bounds: readonly DeploymentObservation[];
      readonly mode: QuantizationMode;
      /** Published score kept by the new weights against the present ones. */
      readonly qualityRatio: number;
      /** Better ways to run the quantization that these GPUs do not have. */
      readonly refused: readonly string[];
    }
  | { readonly ok: false; readonly reasons: readonly string[] };

/** Does the change touch how fast the engine is, or only what it answers? */
export function changesSpeed(from: EngineConfiguration, to: EngineConfiguration): boolean {
  return (
    from.tensor_parallel_size !== to.tensor_parallel_size ||
    from.kv_allocation !== to.kv_allocation ||
    from.prefix_caching !== to.prefix_caching ||
    from.scheduler !== to.scheduler ||
    from.quantization !== to.quantization ||
    from.max_model_len !== to.max_model_len
  );
}

/** What the measured constants and traffic become under another configuration, by published effects. */
export function reconfigure(
  observation: DeploymentObservation,
  instanceType: string,
  to: EngineConfiguration,
): Reconfigured {
  const from = observation.deployment.engine_configuration;
  const reasons = impossible(from, to);
  const now = fitQuantization(instanceType, from.quantization);
  const then = fitQuantization(instanceType, to.quantization);
  if (!then.fits) reasons.push(...then.reasons);
  if (!now.fits) reasons.push(...now.reasons);
  if (reasons.length > 0 || !now.fits || !then.fits) return { ok: false, reasons };
  const share = prefixShareOf(observation);
  const withShare = (held: number): DeploymentObservation =>
    changed(observation, to, {
      weightPass: then.mode.weightPassFactor / now.mode.weightPassFactor,
      prefill: then.mode.prefillFactor / now.mode.prefillFactor,
      prefillTokensMean: observation.requests.inputTokensMean * (1 - (to.prefix_caching ? held : 0)),
    });
  return {
    ok: true,
    observation: withShare(share.expected),
    bounds: to.prefix_caching ? [withShare(share.low), withShare(share.high)] : [],
    mode: then.mode,
    qualityRatio: then.mode.qualityRatio / now.mode.qualityRatio,
    refused: then.refused,
  };
}

function impossible(from: EngineConfiguration, to: EngineConfiguration): string[] {
  const reasons: string[] = [];
  if (from.tensor_parallel_size !== to.tensor_parallel_size) {
    reasons.push(
      `telemetry of tensor parallel size ${from.tensor_parallel_size} tells nothing about ${to.tensor_parallel_size}`,
    );
  }
  if (to.prefix_caching && to.kv_allocation === 'static') {
    reasons.push('prefix caching refused with static KV allocation: it shares blocks of a paged cache');
  }
  return reasons;
}

function changed(
  observation: DeploymentObservation,
  to: EngineConfiguration,
  effect: { readonly weightPass: number; readonly prefill: number; readonly prefillTokensMean: number },
): DeploymentObservation {
  const { deployment, estimate, traffic } = observation;
  const { constants } = estimate;
  return {
    ...observation,
    deployment: { ...deployment, engine_configuration: to },
    estimate: {
      ...estimate,
      constants: {
        ...constants,
        weightPassMs: constants.weightPassMs * effect.weightPass,
        prefillMsPerToken: constants.prefillMsPerToken * effect.prefill,
      },
    },
    traffic: { ...traffic, prefillTokensMean: effect.prefillTokensMean },
  };
}
