/** Public entry `optiinfra-e2e/gates`: gates are pure functions of evidence; missing evidence is inconclusive. */
export type { Evidence, EvidenceSet, EvidenceValue, Gate, GateResult } from '../contracts/runs.ts';
export { gateOf, showValue, type EvidenceReader, type GateRule, type Judgement } from './judge.ts';
export { above, atLeast, atMost, below, near, witnessesAgree } from './numbers.ts';
export { flagIs, listEquals, listHas, listIncludes, textContains, textIn } from './facts.ts';
export { costReduced } from './cost-reduced.ts';
export { executionStepsCompleted } from './execution-steps-completed.ts';
export { forecastWithin } from './forecast-within.ts';
export { latencyImproved } from './latency-improved.ts';
export { multiAgentCoordination } from './multi-agent-coordination.ts';
export { noQualityDegradation } from './no-quality-degradation.ts';
export { optimizationSuccessful } from './optimization-successful.ts';
export { qualityMaintained } from './quality-maintained.ts';
export { rollbackSuccessful } from './rollback-successful.ts';
export { savingsMatchPrediction } from './savings-match-prediction.ts';
