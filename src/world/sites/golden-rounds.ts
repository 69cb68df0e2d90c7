import type { GoldenAnswer, RequestRecord } from '../../contracts/api/agent-runtime.ts';
import type { TrafficProfile } from '../../contracts/world.ts';
import { randomStream, type RandomStream } from '../../support/random.ts';
import { GOLDEN_SET_SIZE, goldenPrompt, goldenScore, type GoldenPrompt } from '../serving/golden.ts';
import type { Finished, ServingRequest } from '../serving/request.ts';
import type { Machine } from './machine.ts';

/** One asking of some prompts, filled as answers come. */
export interface GoldenRound {
  readonly answers: readonly GoldenAnswer[];
  /** Prompts without an answer, by reason. */
  readonly failures: ReadonlyMap<string, number>;
  readonly complete: boolean;
}

/** Golden prompts on their way through a deployment, beside its users' requests. */
export interface GoldenRounds {
  /** Asks the first `prompts` of the set from `startMs` on. */
  start(runId: string, prompts: number, startMs: number, requestsPerSecond: number): GoldenRound;
  /** Prompts that are due, in order of time. */
  dueUntil(worldMs: number): readonly ServingRequest[];
  /** The score of a golden answer; undefined when the request is a user's. */
  score(finished: Finished, machine: Machine, faultDrop: number): number | undefined;
  /** Takes note of what a golden request came to; users' requests are none of its business. */
  settle(record: RequestRecord): void;
}

/** Share of the users' own rate at which prompts are asked, and the least: a tenth more load disturbs nobody [A]. */
const PACE_SHARE = 0.1;
const LEAST_PER_SECOND = 1;

interface Asked {
  readonly prompt: GoldenPrompt;
  readonly round: OpenRound;
  readonly noise: RandomStream;
}
interface OpenRound {
  readonly answers: GoldenAnswer[];
  readonly failures: Map<string, number>;
  open: number;
}

export function createGoldenRounds(options: {
  readonly seed: number;
  readonly streamPrefix: string;
  readonly profile: TrafficProfile;
}): GoldenRounds {
  const { seed, streamPrefix, profile } = options;
  const asked = new Map<string, Asked>();
  let waiting: ServingRequest[] = [];
  let rounds = 0;
  return {
    start: (runId, prompts, startMs, requestsPerSecond) => {
      rounds += 1;
      const count = Math.min(prompts, GOLDEN_SET_SIZE);
      const round: OpenRound = { answers: [], failures: new Map(), open: count };
      if (count < prompts) round.failures.set('not in the set', prompts - count);
      const gapMs = 1_000 / Math.max(LEAST_PER_SECOND, PACE_SHARE * requestsPerSecond);
      for (let index = 0; index < count; index += 1) {
        const prompt = goldenPrompt(index, profile);
        const requestId = `${runId}/${prompt.id}`;
        const { inputTokens, outputTokens } = prompt;
        const noise = randomStream(seed, `${streamPrefix}golden/${rounds}/${prompt.id}`);
        asked.set(requestId, { prompt, round, noise });
        // Prompts share nothing with users' requests but what all share: the template.
        const { sharedPrefixShare } = profile;
        const arrivedAtMs = startMs + (index + 1) * gapMs;
        waiting.push({ requestId, arrivedAtMs, inputTokens, outputTokens, sharedPrefixShare });
      }
      waiting.sort((left, right) => left.arrivedAtMs - right.arrivedAtMs);
      return {
        answers: round.answers,
        failures: round.failures,
        get complete() {
          return round.open === 0;
        },
      };
    },
    dueUntil: (worldMs) => {
      if (waiting.length === 0) return waiting;
      const due = waiting.filter(({ arrivedAtMs }) => arrivedAtMs <= worldMs);
      waiting = waiting.slice(due.length);
      return due;
    },
    score: ({ requestId }, machine, faultDrop) => {
      const one = asked.get(requestId);
      if (one === undefined) return undefined;
      return goldenScore(one.prompt, machine.engine.configuration.quantization, faultDrop, one.noise);
    },
    settle: (record) => {
      const one = asked.get(record.request_id);
      if (one === undefined) return;
      asked.delete(record.request_id);
      note(one, record);
    },
  };
}

function note({ round, prompt }: Asked, record: RequestRecord): void {
  round.open -= 1;
  if (record.quality_score === null) {
    const reason = record.error_reason ?? 'failed';
    round.failures.set(reason, (round.failures.get(reason) ?? 0) + 1);
    return;
  }
  round.answers.push({
    prompt_id: prompt.id,
    instance_id: record.instance_id,
    answered_at_ms: Math.round(record.arrived_at_ms + record.latency_ms),
    latency_ms: record.latency_ms,
    quality_score: record.quality_score,
  });
}
