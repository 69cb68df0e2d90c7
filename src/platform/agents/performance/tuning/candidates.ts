import type { EngineConfiguration, ServiceLevelObjective } from '../../../../contracts/api/customers.ts';
import { fitQuantization, type Quantization, type QuantizationMode } from '../../kit/engine/quantization.ts';
import { reconfigure } from '../../kit/engine/reconfigure.ts';
import type { LatencyForecast } from '../../kit/latency/closed-form.ts';
import { brokenPromises, forecastChange, type FleetForecast } from '../../kit/observation/fleet-forecast.ts';
import { forecastFor, type DeploymentObservation } from '../../kit/observation/observe-deployment.ts';
import type { QualityStatistics } from '../../kit/telemetry/types.ts';

/** One engine configuration, worked out to the end. */
export interface TuningCandidate {
  readonly to: EngineConfiguration;
  readonly mode: QuantizationMode;
  readonly forecast: FleetForecast & { readonly after: Extract<LatencyForecast, { stable: true }> };
  readonly bounds: readonly LatencyForecast[];
  /** Published score kept against the present weights. */
  readonly qualityRatio: number;
  /** Settings that differ from the present ones. */
  readonly changes: number;
  readonly brokenPromises: readonly string[];
}

export interface TuningSpace {
  readonly candidates: readonly TuningCandidate[];
  /** What was not possible or not allowed, with the reason, once each. */
  readonly refusals: readonly string[];
}

export interface TuningInputs {
  readonly observation: DeploymentObservation;
  readonly instanceType: string;
  readonly slo: ServiceLevelObjective;
  /** Null while no answer was scored: then weights must stay as they are. */
  readonly quality: QualityStatistics | null;
}

const QUANTIZATIONS: readonly Quantization[] = ['bf16', 'fp8', 'int8', 'w4a16'];
/** Score that must be left above the promise after the published loss. */
const QUALITY_MARGIN = 0.01;

/** Every configuration that is not the present one: features that are on stay on, weights only those that fit. */
export function enumerateTuning(inputs: TuningInputs): TuningSpace {
  const { observation, instanceType } = inputs;
  const present = observation.deployment.engine_configuration;
  const refusals = new Set<string>();
  const quantizations = QUANTIZATIONS.filter((quantization) => {
    if (quantization === present.quantization) return true;
    const fit = fitQuantization(instanceType, quantization);
    for (const reason of fit.fits ? fit.refused : fit.reasons) refusals.add(reason);
    return fit.fits;
  });
  const candidates = configurations(present, quantizations)
    .map((to) => workOut(inputs, to, refusals))
    .filter((candidate) => candidate !== null);
  return { candidates, refusals: [...refusals] };
}

function configurations(
  present: EngineConfiguration,
  quantizations: readonly Quantization[],
): readonly EngineConfiguration[] {
  const caches: readonly Pick<EngineConfiguration, 'kv_allocation' | 'prefix_caching'>[] = [
    { kv_allocation: present.kv_allocation, prefix_caching: present.prefix_caching },
    { kv_allocation: 'paged', prefix_caching: present.prefix_caching },
    { kv_allocation: 'paged', prefix_caching: true },
  ];
  const schedulers = ['prefill_first', 'chunked'] as const;
  const all = caches.flatMap((cache) =>
    schedulers.flatMap((scheduler) =>
      quantizations.map((quantization): EngineConfiguration => ({
        ...present,
        ...cache,
        scheduler,
        quantization,
      })),
    ),
  );
  return all.filter((to) => changesOf(present, to) > 0);
}

function changesOf(from: EngineConfiguration, to: EngineConfiguration): number {
  return (['kv_allocation', 'prefix_caching', 'scheduler', 'quantization'] as const).filter(
    (setting) => from[setting] !== to[setting],
  ).length;
}

function workOut(
  { observation, instanceType, slo, quality }: TuningInputs,
  to: EngineConfiguration,
  refusals: Set<string>,
): TuningCandidate | null {
  const present = observation.deployment.engine_configuration;
  const result = reconfigure(observation, instanceType, to);
  if (!result.ok) {
    for (const reason of result.reasons) refusals.add(reason);
    return null;
  }
  const lack = qualityLack(to.quantization, result.qualityRatio, present.quantization, slo, quality);
  if (lack !== null) {
    refusals.add(lack);
    return null;
  }
  const nodes = observation.instances.length;
  const forecast = forecastChange(observation, result.observation, nodes);
  const { after } = forecast;
  if (!after.stable) return null;
  return {
    to,
    mode: result.mode,
    forecast: { ...forecast, after },
    bounds: result.bounds.map((bound) => forecastFor(bound, nodes)),
    qualityRatio: result.qualityRatio,
    changes: changesOf(present, to),
    brokenPromises: brokenPromises(forecast, slo),
  };
}

function qualityLack(
  quantization: Quantization,
  ratio: number,
  present: Quantization,
  slo: ServiceLevelObjective,
  quality: QualityStatistics | null,
): string | null {
  if (quantization === present) return null;
  if (quality === null)
    return `${quantization} refused: no scored answer tells what quality there is to keep`;
  const expected = quality.mean * ratio;
  if (expected >= slo.quality_score + QUALITY_MARGIN) return null;
  return (
    `${quantization} refused: quality ${expected.toFixed(3)} expected (${quality.mean.toFixed(3)} × ${ratio.toFixed(3)} ` +
    `published), ${slo.quality_score} promised and a margin of ${QUALITY_MARGIN} wanted`
  );
}
