import { z } from 'zod';

import type { GoldenAnswer, GoldenResults } from '../../../contracts/api/agent-runtime.ts';
import type { GoldenRunRequest } from '../../../contracts/api/orchestration.ts';

/** The set has no more prompts than this. */
const MOST_PROMPTS = 1_000;
const name = z.string().min(1).max(200);

export const goldenRunRequest = z.object({
  deployment: name,
  prompts: z.int().min(1).max(MOST_PROMPTS),
}) satisfies z.ZodType<GoldenRunRequest>;

/** As long as one long poll may last; who wants more asks again. */
const LONGEST_WAIT_MS = 30_000;
export const nextRunQuery = z.object({
  wait_ms: z.coerce.number().int().min(0).max(LONGEST_WAIT_MS).default(0),
});

const goldenAnswer = z.object({
  prompt_id: name,
  instance_id: name,
  /** 2000 to 2100: outside of it a unit was mixed up. */
  answered_at_ms: z.number().min(946_684_800_000).max(4_102_444_800_000),
  latency_ms: z.number().min(0).max(86_400_000),
  quality_score: z.number().min(0).max(1),
}) satisfies z.ZodType<GoldenAnswer>;

export const goldenResults = z.object({
  golden_run_id: name,
  answers: z
    .array(goldenAnswer)
    .max(MOST_PROMPTS)
    .refine((answers) => new Set(answers.map(({ prompt_id }) => prompt_id)).size === answers.length, {
      message: 'answers the same prompt twice',
    }),
  problem: z.string().min(1).max(2_000).nullable(),
}) satisfies z.ZodType<GoldenResults>;
