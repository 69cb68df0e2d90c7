/**
 * What one iteration of a serving engine costs: `t = overheadMs + hypot(weightPassMs, prefillMsPerToken · P) +
 * decodeMsPerRequest · B` for P prefill tokens and B decoding requests. Agents estimate them from telemetry; there are
 * no built-in values, because a wrong constant would look like knowledge.
 */
export interface ServingConstants {
  readonly overheadMs: number;
  /** Time to read the weights once: the floor of an iteration. */
  readonly weightPassMs: number;
  readonly prefillMsPerToken: number;
  readonly decodeMsPerRequest: number;
}

export function iterationMs(
  constants: ServingConstants,
  prefillTokens: number,
  decodingRequests: number,
): number {
  return (
    constants.overheadMs +
    Math.hypot(constants.weightPassMs, constants.prefillMsPerToken * prefillTokens) +
    constants.decodeMsPerRequest * decodingRequests
  );
}
