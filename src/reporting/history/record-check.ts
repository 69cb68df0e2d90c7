import { z } from 'zod';

import { VERDICTS, type RunState } from '../../contracts/runs.ts';

/** Of a stored record, what the history makes rows of; a file that does not have it is said, never half taken. */

const timestamp = z.iso.datetime();
const text = z.string();
const verdict = z.enum(VERDICTS);
const nothingOr = <T extends z.ZodType>(type: T) => type.nullable();

const gate = z.object({
  gate: text,
  verdict: z.enum(['passed', 'failed', 'inconclusive']),
  expected: text,
  observed: text,
  unit: text,
  source: text,
  sampleSize: nothingOr(z.number()),
  reason: text,
});
const phase = z.object({
  number: z.int(),
  name: text,
  budgetMs: z.number(),
  verdict: nothingOr(verdict),
  startedAt: nothingOr(timestamp),
  finishedAt: nothingOr(timestamp),
  durationMs: nothingOr(z.number()),
  error: nothingOr(text),
  gates: z.array(gate),
  evidence: z.array(z.object({ name: text, unit: text })),
});
const attempt = z.object({
  attempt: z.int().positive(),
  startedAt: timestamp,
  finishedAt: nothingOr(timestamp),
  verdict: nothingOr(verdict),
  redPhase: nothingOr(text),
});
const record = z.object({
  runId: text.min(1),
  scenario: text.min(1),
  attempt: z.int().positive(),
  status: z.literal('finished'),
  verdict,
  startedAt: timestamp,
  finishedAt: timestamp,
  cleanup: text,
  phases: z.array(phase).min(1),
  attempts: z.array(attempt).optional(),
  errors: z.array(text).optional(),
  input: z.object({
    seed: z.int().nonnegative(),
    approve: text,
    prices: text,
    preset: text,
    gitRevision: text,
    faults: z.array(z.object({ phase: text, fault: z.object({ kind: text }) })),
    settings: z.record(text, text).optional(),
    suiteId: text.optional(),
  }),
});

/** A run that ended and says how. */
export type FinishedRun = RunState & {
  readonly verdict: NonNullable<RunState['verdict']>;
  readonly finishedAt: string;
};

/** The run when its record is whole, else the first thing that is wrong with it. */
export function checkRecord(run: RunState): { readonly run: FinishedRun } | { readonly fault: string } {
  const issue = record.safeParse(run).error?.issues[0];
  return issue === undefined
    ? { run: run as FinishedRun }
    : { fault: `${issue.path.join('.')}: ${issue.message}` };
}
