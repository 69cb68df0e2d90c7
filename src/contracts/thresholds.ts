/** Every number a gate compares with, in one place, each with its source in the spec. */
export const THRESHOLDS = {
  /** Reference fleet: Acme's monthly cost at the contract rate (scenarios §1) and at list price (4 × 21.957642 × 730 h). */
  acmeMonthlyCostUsd: { reference: 120_000, list: 64_116 },
  /** Platform's figure against inventory × rate: they must agree to the cent-level of 730 h arithmetic. */
  costWitnessToleranceShare: 0.005,
  baselineRequests: 3_000,
  recommendationSavingsUsdPerMonth: 10_000,
  recommendationSeconds: 60,
  validatingAgents: 2,
  /** Canary stages as shares of traffic, with the tolerance of a random split. */
  trafficShares: [0.1, 0.5, 1] as const,
  trafficShareTolerance: 0.03,
  qualityScore: 0.9,
  qualityRelativeDrop: 0.05,
  latencyMsP95: 1_000,
  latencyMsP99: 1_500,
  errorRate: 0.001,
  costReductionShare: 0.4,
  forecastErrorShare: 0.2,
  /** From the failure to the end of the rollback (scenarios §2). */
  rollbackSecondsAtScaleOne: 300,
} as const;

/** Canary statistics (world spec §6). */
export const CANARY = {
  alpha: 0.02,
  relevantLatencyShift: 0.05,
  /** What a number of requests an arm can tell apart from noise, most requests first. */
  visibleLatencyShift: [
    { requestsPerArm: 1_600, shift: 0.05 },
    { requestsPerArm: 450, shift: 0.1 },
    { requestsPerArm: 200, shift: 0.2 },
  ],
  /** Requests an arm to see a shift of 10 %. */
  minimumRequestsPerArm: 450,
  /** Requests an arm to see a shift of 5 %, the smallest relevant one. */
  requestsPerArmForRelevantShift: 1_600,
  /** Quality samples an arm to see a relative drop of 5 % at sd 0.15. */
  minimumQualitySamplesPerArm: 183,
  /** Clean requests that prove an error rate under 0.1 % at 95 % confidence. */
  cleanRequestsForErrorRate: 2_995,
} as const;
