import type { EngineConfiguration } from '../../../../contracts/api/customers.ts';
import { iterationMs, type ServingConstants } from './serving-constants.ts';

/** Traffic of a whole deployment, as measured. */
export interface TrafficStatistics {
  readonly requestsPerSecond: number;
  /** Tokens that have to be prefilled: input less what the prefix cache held. */
  readonly prefillTokensMean: number;
  readonly outputTokensMean: number;
  readonly outputTokensP50: number;
  readonly outputTokensP95: number;
  readonly outputTokensP99: number;
}

export type LatencyForecast =
  | {
      readonly stable: true;
      readonly nodes: number;
      /** Share of time a node would need if prompts came one by one (λc). */
      readonly occupancy: number;
      /** Work offered to a node, 0–1 (ρ). */
      readonly demand: number;
      readonly latencyMsP50: number;
      readonly latencyMsP95: number;
      readonly latencyMsP99: number;
    }
  | {
      readonly stable: false;
      readonly nodes: number;
      readonly occupancy: number;
      readonly demand: number;
      readonly reason: string;
    };

/** Beyond these the closed form is wrong by up to a factor of ten, so it says "unstable" instead of a number. */
const OCCUPANCY_LIMIT = 0.97;
const DEMAND_LIMIT = 0.6;
/** Tokens a chunked iteration may prefill. */
const CHUNK_TOKENS = 2_048;
/** Corrections of the tail for waiting behind whole prompts (world spec §5). */
const TAIL = { prefill_first: { p50: 1, p95: 1.1, p99: 1.13 }, chunked: { p50: 1, p95: 1, p99: 1 } };

export interface ForecastInputs {
  readonly constants: ServingConstants;
  readonly traffic: TrafficStatistics;
  readonly nodes: number;
  readonly scheduler: EngineConfiguration['scheduler'];
}

/** The agents' own queueing model: what latency a deployment of `nodes` equal nodes would have. */
export function forecastLatency(inputs: ForecastInputs): LatencyForecast {
  const { constants, traffic, nodes, scheduler } = inputs;
  if (nodes < 1)
    return { stable: false, nodes, occupancy: Infinity, demand: Infinity, reason: 'no node left' };
  const ratePerMs = traffic.requestsPerSecond / nodes / 1_000;
  const promptMs = iterationMs(constants, traffic.prefillTokensMean, 0);
  const occupancy = ratePerMs * promptMs;
  const demand =
    ratePerMs *
    (constants.prefillMsPerToken * traffic.prefillTokensMean +
      constants.decodeMsPerRequest * traffic.outputTokensMean);
  const reason = instability(inputs, ratePerMs, occupancy, demand);
  if (reason !== null) return { stable: false, nodes, occupancy, demand, reason };
  const tokenMs =
    scheduler === 'prefill_first'
      ? tokenMsPrefillFirst(inputs, ratePerMs, occupancy)
      : tokenMsChunked(inputs, ratePerMs);
  if (tokenMs === null) return { stable: false, nodes, occupancy, demand, reason: 'no steady state exists' };
  const firstTokenMs = promptMs + (constants.overheadMs + constants.weightPassMs) / 2;
  const at = (outputTokens: number, tail: number): number =>
    firstTokenMs + Math.max(0, outputTokens - 1) * tokenMs * tail;
  const tail = TAIL[scheduler];
  return {
    stable: true,
    nodes,
    occupancy,
    demand,
    latencyMsP50: at(traffic.outputTokensP50, tail.p50),
    latencyMsP95: at(traffic.outputTokensP95, tail.p95),
    latencyMsP99: at(traffic.outputTokensP99, tail.p99),
  };
}

function instability(
  inputs: ForecastInputs,
  ratePerMs: number,
  occupancy: number,
  demand: number,
): string | null {
  const share = (value: number): string => value.toFixed(2);
  if (occupancy >= OCCUPANCY_LIMIT) return `occupancy ${share(occupancy)} is not below ${OCCUPANCY_LIMIT}`;
  if (demand > DEMAND_LIMIT) return `demand ${share(demand)} is above ${DEMAND_LIMIT}`;
  const chunksPerMs = CHUNK_TOKENS / iterationMs(inputs.constants, CHUNK_TOKENS, 0);
  const offered = ratePerMs * inputs.traffic.prefillTokensMean;
  if (inputs.scheduler === 'chunked' && offered >= chunksPerMs) {
    return `prefill of ${share(offered)} tokens/ms is not below the ${share(chunksPerMs)} a node can take`;
  }
  return null;
}

/** A decode waits for every prompt that arrives during it: τ = (ovh + t_w + aλL_out·τ) / (1 − λc), solved for τ. */
function tokenMsPrefillFirst(inputs: ForecastInputs, ratePerMs: number, occupancy: number): number | null {
  const { constants, traffic } = inputs;
  const free = 1 - occupancy - constants.decodeMsPerRequest * ratePerMs * traffic.outputTokensMean;
  return free > 0 ? (constants.overheadMs + constants.weightPassMs) / free : null;
}

const MAX_ROUNDS = 500;
const DAMPING = 0.5;

/** Prompts that arrive during an iteration ride in the next one: a fixed point over their Poisson number. */
function tokenMsChunked(inputs: ForecastInputs, ratePerMs: number): number | null {
  const { constants, traffic } = inputs;
  let tokenMs = constants.overheadMs + constants.weightPassMs;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const decoding = ratePerMs * traffic.outputTokensMean * tokenMs;
    const next = meanIterationMs(constants, ratePerMs * tokenMs, traffic.prefillTokensMean, decoding);
    if (!Number.isFinite(next) || next > 60_000) return null;
    if (Math.abs(next - tokenMs) < 1e-9) return next;
    tokenMs += DAMPING * (next - tokenMs);
  }
  return tokenMs;
}

function meanIterationMs(
  constants: ServingConstants,
  promptsMean: number,
  tokensPerPrompt: number,
  decoding: number,
): number {
  const most = Math.ceil(promptsMean + 10 * Math.sqrt(promptsMean) + 10);
  let probability = Math.exp(-promptsMean);
  let mean = 0;
  for (let prompts = 0; prompts <= most; prompts += 1) {
    mean += probability * iterationMs(constants, prompts * tokensPerPrompt, decoding);
    probability *= promptsMean / (prompts + 1);
  }
  return mean;
}
