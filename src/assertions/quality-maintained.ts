import type { Gate } from '../contracts/runs.ts';
import { atLeast } from './numbers.ts';

/** Mean quality is at least the floor (0–1), from enough samples. */
export function qualityMaintained(options: {
  evidence: string;
  floor: number;
  minimumSamples: number;
}): Gate {
  return atLeast({
    gate: 'quality-maintained',
    evidence: options.evidence,
    threshold: options.floor,
    minimumSamples: options.minimumSamples,
  });
}
