import type { Evidence, EvidenceValue } from '../src/contracts/runs.ts';
import { toTimestamp, type Clock } from '../src/support/clock.ts';

/** Collects the evidence of one phase; a name recorded twice is a fault of the scenario. */
export interface EvidenceLog {
  record(
    name: string,
    value: EvidenceValue,
    about: { unit: string; source: string; sampleSize?: number | null },
  ): void;
  readonly evidence: readonly Evidence[];
}

export function createEvidenceLog(clock: Clock): EvidenceLog {
  const evidence: Evidence[] = [];
  return {
    evidence,
    record: (name, value, { unit, source, sampleSize = null }) => {
      if (evidence.some((each) => each.name === name))
        throw new RangeError(`evidence ${name} is recorded twice`);
      evidence.push({ name, value, unit, source, sampleSize, observedAt: toTimestamp(clock.wallMs()) });
    },
  };
}
