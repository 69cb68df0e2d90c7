import type { CloudProvider } from '../../contracts/api/common.ts';
import type { InterruptionPreset, InterruptionPresetName } from '../../contracts/market.ts';

/**
 * How often spot nodes are taken [A, anchored]. `calm`: the 10–15 %-a-month bucket of AWS's advisor for p4d in us-east-1,
 * −ln(1 − 0.125)/730 an hour (alexei-led/spotinfo, 2025-06-28). `traced`, `harsh`: four-node fleets in us-east-2a and
 * us-west-2c of the published spot traces (skypilot-org/spot-traces @ 221da1a, data of NSDI'24 "Can't Be Late").
 */
export const PRESETS: Readonly<Record<InterruptionPresetName, InterruptionPreset>> = {
  calm: { name: 'calm', interruptions_per_node_hour: 1.83e-4, availability: 0.97 },
  traced: { name: 'traced', interruptions_per_node_hour: 0.06, availability: 0.73 },
  harsh: { name: 'harsh', interruptions_per_node_hour: 0.237, availability: 0.81 },
};

/**
 * Seconds between notice and reclaim: AWS two minutes, best effort (EC2 user guide, spot instance interruption notices,
 * 2026); GCP 30 s (Compute Engine documentation of Spot VMs, 2026).
 */
export const NOTICE_SECONDS: Readonly<Record<CloudProvider, number>> = { aws: 120, gcp: 30 };

/** Mean hours a lost pool stays dry: `(1 − A)/(A·λ)`, so that a wanted slot is filled the share `A` of the time. */
export function meanOutageHours(preset: InterruptionPreset): number {
  return (1 - preset.availability) / (preset.availability * preset.interruptions_per_node_hour);
}
