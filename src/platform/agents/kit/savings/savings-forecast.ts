import { HOURS_PER_MONTH } from '../../../../contracts/api/common.ts';
import type { InterruptionPresetName, InterruptionStatistics } from '../../../../contracts/market.ts';
import { monthlyCostUsd, type FleetCostInputs } from './monthly-cost.ts';

export interface RawSavings {
  readonly costBeforeUsdPerMonth: number;
  readonly costAfterUsdPerMonth: number;
  readonly savingsUsdPerMonth: number;
  /** Over all published presets and the current one: never only the best case. */
  readonly lowUsdPerMonth: number;
  readonly highUsdPerMonth: number;
  readonly costAfterByPreset: Readonly<Partial<Record<InterruptionPresetName, number>>>;
}

export function forecastSavings(
  inputs: FleetCostInputs,
  interruptions: Pick<InterruptionStatistics, 'current' | 'presets'>,
): RawSavings {
  const before = inputs.nodesBefore * inputs.onDemandUsdPerHour * HOURS_PER_MONTH;
  const after = monthlyCostUsd(inputs, interruptions.current);
  const byPreset = Object.fromEntries(
    interruptions.presets.map((preset) => [preset.name, monthlyCostUsd(inputs, preset)]),
  );
  const savings = [after, ...Object.values(byPreset)].map((cost) => before - cost);
  return {
    costBeforeUsdPerMonth: before,
    costAfterUsdPerMonth: after,
    savingsUsdPerMonth: before - after,
    lowUsdPerMonth: Math.min(...savings),
    highUsdPerMonth: Math.max(...savings),
    costAfterByPreset: byPreset,
  };
}
