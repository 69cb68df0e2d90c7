import type { Gate } from '../../contracts/runs.ts';
import { CANARY } from '../../contracts/thresholds.ts';
import { errorRateKept } from '../error-rate-kept.ts';
import { qualityKept } from '../quality-kept.ts';
import { latencyKept } from '../latency-kept.ts';
import { witnessesAgree } from '../numbers.ts';

const ENOUGH = { minimumSamples: CANARY.cleanRequestsForErrorRate };

/** The customer's promises hold in the window measured as `prefix`, and ClickHouse says the same. */
export function serviceKept(prefix: string): readonly Gate[] {
  const slo = (name: string): string => `${prefix}.slo.${name}`;
  return [
    errorRateKept({ evidence: `${prefix}.error-rate`, objective: slo('error-rate'), ...ENOUGH }),
    ...(['p95', 'p99'] as const).map((percentile) =>
      latencyKept({
        gate: `latency-${percentile}-kept`,
        evidence: `${prefix}.latency.${percentile}`,
        objective: slo(`latency.${percentile}`),
        ...ENOUGH,
      }),
    ),
    qualityKept({ evidence: `${prefix}.quality`, objective: slo('quality'), ...ENOUGH }),
    witnessesAgree({
      gate: 'latency-agrees-with-clickhouse',
      evidence: `${prefix}.latency.p95`,
      witness: `${prefix}.latency.p95.clickhouse`,
      toleranceShare: 0.02,
    }),
    witnessesAgree({
      gate: 'quality-agrees-with-clickhouse',
      evidence: `${prefix}.quality`,
      witness: `${prefix}.quality.clickhouse`,
      toleranceShare: 0.001,
    }),
  ];
}
