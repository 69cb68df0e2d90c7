import { RISK_LEVELS, type RiskLevel } from '../../../../contracts/api/common.ts';

export interface RiskInputs {
  readonly keptOnDemandShare: number;
  readonly interruptionsPerMonth: number;
  /** (promised − predicted) ÷ promised, for the P95 with one node missing. */
  readonly degradedHeadroomShare: number;
}

/** Less headroom than this is within the error of the latency forecast's inputs. */
const THIN_HEADROOM = 0.03;

/** One level up for each: less than half kept, nothing kept, more than one interruption a month, thin headroom. */
export function riskOf(inputs: RiskInputs): RiskLevel {
  const raised = [
    inputs.keptOnDemandShare < 0.5,
    inputs.keptOnDemandShare === 0,
    inputs.interruptionsPerMonth > 1,
    inputs.degradedHeadroomShare < THIN_HEADROOM,
  ].filter(Boolean).length;
  return RISK_LEVELS[Math.min(raised, RISK_LEVELS.length - 1)] ?? 'critical';
}
