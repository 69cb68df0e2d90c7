import { z } from 'zod';

import { STEP_NAMES } from '../../contracts/api/recommendations.ts';
import { INTERRUPTION_PRESETS, PRICE_BOOKS } from '../../contracts/market.ts';
import { VERDICTS } from '../../contracts/runs.ts';
import { RUN_SCHEMA_ID } from '../documents/ids.ts';
import { worldActionSchema } from './world-action-schema.ts';

const text = z.string();
const count = z.int().nonnegative();
const number = z.number();
/** Null: it was not observed, or has not happened. */
const numberOrNull = number.nullable();
const time = z.iso.datetime({ offset: true }).describe('UTC');
const settings = z.record(z.string(), text);

export const verdictSchema = z.enum(VERDICTS).meta({ id: 'Verdict' });

const evidenceSchema = z
  .object({
    name: text,
    value: z
      .union([number, text, z.boolean(), z.null(), z.array(z.union([number, text]))])
      .describe('null: it could not be had; gates read that as inconclusive'),
    unit: text,
    source: text.describe('where it was read'),
    sampleSize: numberOrNull,
    observedAt: time,
  })
  .meta({ id: 'Evidence' });

const gateSchema = z
  .object({
    gate: text,
    verdict: z.enum(['passed', 'failed', 'inconclusive']),
    expected: text,
    observed: text,
    unit: text,
    source: text,
    sampleSize: numberOrNull,
    reason: text,
    evidence: z.array(text).describe('names of what it judged from'),
  })
  .meta({ id: 'Gate' });

const phaseSchema = z
  .object({
    number: count,
    name: text,
    title: text,
    budgetMs: number,
    manualBudgetMs: number.exactOptional(),
    actsOnce: text.exactOptional().describe('why a customer bears it once: no re-run begins at or before it'),
    status: z.enum(['pending', 'running', 'finished', 'not-reached']),
    verdict: verdictSchema.nullable(),
    startedAt: time.nullable(),
    finishedAt: time.nullable(),
    durationMs: numberOrNull,
    gates: z.array(gateSchema),
    evidence: z.array(evidenceSchema),
    notes: z.array(text),
    withoutOutput: z.literal(true).exactOptional(),
    error: text.nullable(),
  })
  .meta({ id: 'Phase' });

const faultSchema = z
  .object({
    phase: text,
    step: z.object({ name: z.enum(STEP_NAMES), when: z.enum(['started', 'completed']) }).exactOptional(),
    fault: worldActionSchema,
  })
  .meta({ id: 'InjectedFault' });

/** Options of a run but its seed, which a suite chooses for each. */
export const optionsSchema = z.object({
  approve: z.enum(['auto', 'manual']),
  prices: z.enum(PRICE_BOOKS),
  preset: z.enum(INTERRUPTION_PRESETS),
  faults: z.array(faultSchema),
  gitRevision: text,
  settings: settings.exactOptional(),
  keepOnRedMs: number.exactOptional(),
  approval: z
    .object({ deadlineMs: number, otherwise: z.enum(['approve', 'reject', 'undecided']) })
    .exactOptional(),
  suiteId: text.exactOptional(),
});

const attemptSchema = z
  .object({
    attempt: count,
    order: z
      .object({
        attempt: count,
        fromPhase: text,
        settings,
        faults: z.array(faultSchema).exactOptional(),
        by: text,
        reason: text,
      })
      .nullable(),
    startedAt: time,
    finishedAt: time.nullable(),
    verdict: verdictSchema.nullable(),
    redPhase: text.nullable(),
    temporalRunId: text,
  })
  .meta({ id: 'Attempt' });

export const temporalSchema = z.object({ namespace: text, workflowId: text, workflowRunId: text });

export const runStateSchema = z
  .object({
    runId: text,
    scenario: text,
    title: text,
    attempt: count,
    input: optionsSchema.extend({ seed: number }),
    status: z.enum(['running', 'finished']),
    verdict: verdictSchema.nullable(),
    startedAt: time,
    finishedAt: time.nullable(),
    phases: z.array(phaseSchema),
    customerId: text.nullable(),
    cleanup: z.enum(['pending', 'done', 'failed']),
    attempts: z.array(attemptSchema).exactOptional(),
    keptUntil: text.exactOptional(),
    holdEnded: z
      .object({
        at: time,
        how: z.enum(['time', 'release', 'cancellation']),
        by: text.nullable(),
        reason: text.nullable(),
      })
      .exactOptional(),
    settingsRead: z.record(z.string(), count).exactOptional(),
    refusals: z.array(z.object({ at: time, by: text, what: text, why: text })).exactOptional(),
    errors: z.array(text).exactOptional(),
    evidenceFile: text.nullable().describe('SHA-256 of the evidence file'),
    temporal: temporalSchema,
  })
  .meta({ id: 'Run' });

export const surroundingsSchema = z.object({
  temporalUi: text.nullable(),
  timeScale: numberOrNull.describe('world seconds in a wall second'),
});

const evidenceFileSchema = z
  .object({
    series: z.array(
      z.object({
        name: text,
        unit: text,
        points: z.array(z.object({ atMs: number, value: number, sampleSize: numberOrNull })),
      }),
    ),
    steps: z.array(z.object({ name: text, startedAtMs: number, finishedAtMs: number })),
    events: z.array(z.object({ sequence: number, at: text, type: text, summary: text })),
  })
  .describe('curves and steps in world time, events in wall time')
  .meta({ id: 'EvidenceFile' });

const figuresSchema = z
  .object({
    tookMs: numberOrNull,
    axisMs: number,
    preparingMs: numberOrNull,
    closingMs: numberOrNull,
    phaseCount: count,
    phasesReached: count,
    gateCount: count,
    gatesPassed: count,
    observationCount: count,
    eventCount: count,
    phases: z.array(
      z.object({ gateCount: count, gatesPassed: count, budgetMs: number, budgetShare: numberOrNull }),
    ),
    headline: z.object({
      costBeforeUsdPerMonth: numberOrNull,
      costAfterUsdPerMonth: numberOrNull,
      costChange: numberOrNull,
      savingPredictedUsdPerMonth: numberOrNull,
      savingMeasuredUsdPerMonth: numberOrNull,
      savingError: numberOrNull,
      latencyP95BeforeMs: numberOrNull,
      latencyP95AfterMs: numberOrNull,
      qualityBefore: numberOrNull,
      qualityAfter: numberOrNull,
    }),
    limits: z.object({ qualityFloor: number, errorRate: number, latencyP95Ms: numberOrNull }),
    curves: z.array(
      z.object({
        name: text,
        points: count,
        samples: numberOrNull,
        first: numberOrNull,
        lowest: numberOrNull,
        highest: numberOrNull,
        last: numberOrNull,
      }),
    ),
    worldFromMs: numberOrNull,
    worldToMs: numberOrNull,
    steps: z.array(z.object({ number: count, durationMs: number })),
    eventGaps: z.array(z.object({ before: number, first: number, last: number })),
  })
  .describe(
    'what is computed from the run to be shown: milliseconds, shares of 0 to 1, null where nothing was observed',
  )
  .meta({ id: 'RunFigures' });

export const runDocumentSchema = z
  .object({
    $schema: z.literal(RUN_SCHEMA_ID),
    run: runStateSchema,
    evidence: evidenceFileSchema.nullable(),
    missingEvidence: text.nullable().describe('why there is no evidence'),
    surroundings: surroundingsSchema,
    figures: figuresSchema,
  })
  .describe('A run as `e2e report --format json` gives it');
