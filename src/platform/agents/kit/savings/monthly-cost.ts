import { HOURS_PER_MONTH } from '../../../../contracts/api/common.ts';
import type { InterruptionPreset } from '../../../../contracts/market.ts';

/** A fleet of equal nodes, partly on spot, with an on-demand stand-in while a spot slot is empty. */
export interface FleetCostInputs {
  readonly onDemandNodes: number;
  readonly spotNodes: number;
  /** Nodes before the migration, which run twice while it lasts. */
  readonly nodesBefore: number;
  readonly onDemandUsdPerHour: number;
  readonly spotUsdPerHour: number;
  readonly coldStartSeconds: number;
  readonly transferGbPerMonth: number;
  readonly transferUsdPerGb: number;
}

/** How often spot is taken away, and how much of the time a wanted slot is filled. */
type InterruptionRates = Omit<InterruptionPreset, 'name'>;

/** Hours for which the old fleet is still paid during a migration, spread over a year (assumption, world spec §5). */
export const MIGRATION_HOURS = 1;
const MONTHS_PER_YEAR = 12;

export function interruptionsPerMonth(spotNodes: number, preset: InterruptionRates): number {
  return spotNodes * preset.availability * preset.interruptions_per_node_hour * HOURS_PER_MONTH;
}

/** C = H·[N_o·p_od + N_s·(A·p_s + (1−A)·p_od)] + E·T_cold·(p_od + p_s) + GB·p_gb + N_0·p_od·h_mig/12 */
export function monthlyCostUsd(inputs: FleetCostInputs, preset: InterruptionRates): number {
  const { onDemandUsdPerHour: onDemand, spotUsdPerHour: spot } = inputs;
  const slot = preset.availability * spot + (1 - preset.availability) * onDemand;
  const running = HOURS_PER_MONTH * (inputs.onDemandNodes * onDemand + inputs.spotNodes * slot);
  const coldHours = inputs.coldStartSeconds / 3_600;
  const replacing = interruptionsPerMonth(inputs.spotNodes, preset) * coldHours * (onDemand + spot);
  const transfer = inputs.transferGbPerMonth * inputs.transferUsdPerGb;
  const migrating = (inputs.nodesBefore * onDemand * MIGRATION_HOURS) / MONTHS_PER_YEAR;
  return running + replacing + transfer + migrating;
}
