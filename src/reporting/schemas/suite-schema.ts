import { z } from 'zod';

import { SUITE_OUTCOMES } from '../../contracts/suites.ts';
import { SUITE_SCHEMA_ID } from '../documents/ids.ts';
import { ALL_ITEM_STATES } from '../suite-outcomes.ts';
import {
  optionsSchema,
  runStateSchema,
  surroundingsSchema,
  temporalSchema,
  verdictSchema,
} from './run-schema.ts';

const text = z.string();
const count = z.int().nonnegative();
const number = z.number();
const numberOrNull = number.nullable();
const time = z.iso.datetime({ offset: true }).describe('UTC');

const selectionSchema = z.object({
  patterns: z.array(text),
  expression: text.nullable(),
  tags: z.array(text),
  notTags: z.array(text),
});

const inputSchema = z
  .object({
    title: text,
    selection: selectionSchema,
    repeat: number,
    shard: z.object({ index: number, count: number }).nullable(),
    seed: numberOrNull,
    parallel: number,
    failFast: z.boolean(),
    retries: number,
    quotas: z.record(z.string(), number).describe('runs at the same time of scenarios with a tag'),
    scenario: optionsSchema,
    failWhenNotPassed: z.boolean(),
    scheduleId: text.nullable(),
    triesPerHistory: number.exactOptional(),
  })
  .meta({ id: 'SuiteInput' });

const runSummarySchema = z
  .object({
    runId: text,
    scenario: text,
    verdict: verdictSchema,
    startedAt: time,
    finishedAt: time,
    phasesPassed: count,
    phases: count,
    gatesPassed: count,
    gates: count,
    reason: text.nullable(),
  })
  .meta({ id: 'RunSummary' });

const itemSchema = z
  .object({
    number: count,
    scenario: text,
    repetition: count,
    seed: number,
    status: z.enum(['waiting', 'running', 'finished']),
    outcome: z.enum(SUITE_OUTCOMES).nullable().describe('flaky: passed after a try that did not'),
    runIds: z.array(text),
    runs: z.array(runSummarySchema).describe('tries that have ended, the last of which decides'),
    blockedBy: text.nullable(),
    blockedFor: z.enum(['requirement', 'red-run', 'cancelled']).exactOptional(),
  })
  .meta({ id: 'SuiteItem' });

const suiteStateSchema = z
  .object({
    suiteId: text,
    input: inputSchema,
    seed: number,
    status: z.enum(['running', 'finished']),
    verdict: verdictSchema.nullable(),
    startedAt: time,
    finishedAt: time.nullable(),
    items: z.array(itemSchema),
    errors: z.array(text),
    temporal: temporalSchema,
  })
  .meta({ id: 'Suite' });

const trendPointSchema = z.object({
  runId: text,
  attempt: count,
  startedAt: text,
  verdict: verdictSchema,
  durationMs: number,
  gitRevision: text,
});

const flakeScore = numberOrNull.describe('0: always the same verdict, 1: another one every time');

const historySchema = z
  .object({
    scenarios: z.array(
      z.object({
        scenario: text,
        points: z.array(trendPointSchema),
        runs: count,
        passedShare: number,
        medianDurationMs: numberOrNull,
        p95DurationMs: numberOrNull,
        flakeScore,
      }),
    ),
    slowestPhases: z.array(
      z.object({
        scenario: text,
        phase: text,
        runs: count,
        medianDurationMs: numberOrNull,
        p95DurationMs: numberOrNull,
        budgetMs: number,
        flakeScore,
      }),
    ),
    flakyGates: z.array(
      z.object({
        scenario: text,
        phase: text,
        gate: text,
        runs: count,
        failed: count,
        inconclusive: count,
        flakeScore,
      }),
    ),
    forecasts: z.array(
      z.object({
        scenario: text,
        what: text,
        unit: text,
        compared: count,
        errorMedian: numberOrNull,
        errorP5: numberOrNull,
        errorP95: numberOrNull,
        withinInterval: numberOrNull,
      }),
    ),
    drills: count.exactOptional(),
  })
  .describe('what earlier runs say, drills left out')
  .meta({ id: 'History' });

const itemFiguresSchema = z.object({
  tookMs: numberOrNull,
  tryCount: count,
  reason: text.nullable(),
  tries: z.array(z.object({ fromMs: number, toMs: number })),
});

const figuresSchema = z
  .object({
    tookMs: numberOrNull,
    itemCount: count,
    outcomes: z.record(z.enum(ALL_ITEM_STATES), count),
    redCount: count,
    tryCount: count,
    recordedRuns: count,
    gateCount: count,
    gatesPassed: count,
    axisMs: number,
    mostAtOnce: count,
    concurrency: z.array(z.object({ atMs: number, runs: count })),
    items: z.array(itemFiguresSchema),
    slowestPhases: z.array(
      z.object({
        runId: text,
        scenario: text,
        phase: text,
        durationMs: number,
        budgetMs: number,
        budgetShare: number,
      }),
    ),
    forecasts: z.array(
      z.object({
        runId: text,
        scenario: text,
        what: text,
        unit: text,
        seed: number,
        predicted: numberOrNull,
        low: numberOrNull,
        high: numberOrNull,
        measured: numberOrNull,
        error: numberOrNull,
      }),
    ),
  })
  .describe(
    'what is computed from the suite to be shown: milliseconds, shares of 0 to 1, null where nothing ended',
  )
  .meta({ id: 'SuiteFigures' });

export const suiteDocumentSchema = z
  .object({
    $schema: z.literal(SUITE_SCHEMA_ID),
    suite: suiteStateSchema,
    runs: z.array(runStateSchema).describe('those whose records are here'),
    history: historySchema.nullable(),
    missingHistory: text.nullable().describe('why there is no history'),
    surroundings: surroundingsSchema,
    figures: figuresSchema,
  })
  .describe('A suite as `e2e report --format json` gives it');
