import { randomStream } from '../../support/random.ts';

/**
 * Production traffic comes in bursts that a Poisson process lacks (BurstGPT, arXiv 2401.17644v5, 2025; Azure LLM inference
 * traces 2023 and 2024, AzurePublicDataset). Size and length of ours [A]: a quarter of the time the rate is 1.6 times the
 * mean, for 8 s each, the rest 0.8 times, for 24 s each. The mean stays 1, and at 45 requests a second the variance of
 * the count over minutes is some 60 times that of a Poisson process.
 */
const PHASES = {
  burst: { factor: 1.6, meanMs: 8_000, next: 'quiet' },
  quiet: { factor: 0.8, meanMs: 24_000, next: 'burst' },
} as const;
const BURST_SHARE = 0.25;

/** The two-state Markov chain that modulates a rate. */
export interface Bursts {
  /** Factor on the mean rate in the present phase. */
  readonly factor: number;
  /** When the present phase ends. */
  readonly endsAtMs: number;
  advance(): void;
}

/** Starts in the long-run mix of phases. */
export function createBursts(seed: number, streamPrefix: string, startMs: number): Bursts {
  const stream = randomStream(seed, `${streamPrefix}bursts`);
  let phase: (typeof PHASES)[keyof typeof PHASES] =
    stream.uniform() < BURST_SHARE ? PHASES.burst : PHASES.quiet;
  let endsAtMs = startMs + stream.exponential(1 / phase.meanMs);
  return {
    get factor() {
      return phase.factor;
    },
    get endsAtMs() {
      return endsAtMs;
    },
    advance: () => {
      phase = PHASES[phase.next];
      endsAtMs += stream.exponential(1 / phase.meanMs);
    },
  };
}

/** Without bursts: one phase that never ends. */
export const NO_BURSTS: Bursts = { factor: 1, endsAtMs: Number.POSITIVE_INFINITY, advance: () => undefined };
