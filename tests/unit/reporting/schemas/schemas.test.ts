import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { format, resolveConfig } from 'prettier';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { z } from 'zod';

import { PROJECT_ROOT } from '../../../../src/environment/state/paths.ts';
import { runDocument, type RunDocument } from '../../../../src/reporting/documents/run-document.ts';
import { suiteDocument, type SuiteDocument } from '../../../../src/reporting/documents/suite-document.ts';
import { publishedSchemas } from '../../../../src/reporting/schemas/published.ts';
import { runDocumentSchema } from '../../../../src/reporting/schemas/run-schema.ts';
import { suiteDocumentSchema } from '../../../../src/reporting/schemas/suite-schema.ts';
import { emptyHistory, sampleHistory } from '../../../fixtures/histories.ts';
import { passedEvidence } from '../../../fixtures/run-evidence.ts';
import {
  cancelledRun,
  inconclusiveRun,
  infraErrorRun,
  passedRun,
  rolledBackRun,
  runningRun,
} from '../../../fixtures/runs.ts';
import { mixedSuite, passedSuite, runningSuite, suiteOf } from '../../../fixtures/sample-suites.ts';

type Deep<T> = T extends (infer E)[]
  ? readonly Deep<E>[]
  : T extends object
    ? { readonly [K in keyof T]: Deep<T[K]> }
    : T;

const DIRECTORY = join(PROJECT_ROOT, 'docs', 'schemas');
const surroundings = { temporalUi: null, timeScale: 60 };

describe('the types of schemas and of contracts', () => {
  it('agree both ways', () => {
    expectTypeOf<Deep<z.output<typeof runDocumentSchema>>>().toEqualTypeOf<Deep<RunDocument>>();
    expectTypeOf<Deep<z.output<typeof suiteDocumentSchema>>>().toEqualTypeOf<Deep<SuiteDocument>>();
  });
});

describe('the published schemas', () => {
  it('are those that `npm run schemas` writes, and no others', async () => {
    expect((await readdir(DIRECTORY)).sort()).toEqual([...publishedSchemas().keys()].sort());
  });

  it.each([...publishedSchemas()])('%s is up to date; else run `npm run schemas`', async (name, text) => {
    const path = join(DIRECTORY, name);
    const wanted = await format(text, { ...(await resolveConfig(path)), filepath: path });
    expect(await readFile(path, 'utf8')).toBe(wanted);
  });

  it.each([...publishedSchemas()])('%s is open and names what is required', (_, text) => {
    expect(text).not.toContain('"additionalProperties": false');
    expect(JSON.parse(text)).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: expect.stringMatching(/^urn:optiinfra-e2e:schema:/) as string,
      required: expect.arrayContaining(['$schema', 'figures']) as string[],
    });
  });
});

describe('the JSON of a run', () => {
  const FAULTS = [rolledBackRun().input.faults[0]!];
  it.each([
    passedRun(),
    rolledBackRun(),
    inconclusiveRun(),
    infraErrorRun(),
    cancelledRun(),
    runningRun(3),
    passedRun({
      keptUntil: '2026-11-22T15:00:00.000Z',
      errors: ['x'],
      attempts: [
        {
          attempt: 1,
          order: null,
          startedAt: '2026-11-22T14:00:00.000Z',
          finishedAt: null,
          verdict: 'failed',
          redPhase: 'monitor-execution',
          temporalRunId: 'a',
        },
      ],
    }),
  ])('follows its schema and has nothing beside', (run) => {
    for (const evidence of [passedEvidence(), { missing: 'gone' }]) {
      const input = { run: { ...run, input: { ...run.input, faults: FAULTS } }, evidence, surroundings };
      const document: unknown = JSON.parse(JSON.stringify(runDocument(input)));
      expect(runDocumentSchema.parse(document)).toEqual(document);
    }
  });

  it('is refused when a verdict is none, or a figure is missing', () => {
    const sound = runDocument({ run: passedRun(), evidence: passedEvidence(), surroundings });
    const { tookMs: _, ...figures } = sound.figures;
    expect(runDocumentSchema.safeParse({ ...sound, figures }).success).toBe(false);
    expect(runDocumentSchema.safeParse({ ...sound, run: { ...sound.run, verdict: 'green' } }).success).toBe(
      false,
    );
  });
});

describe('the JSON of a suite', () => {
  it.each([passedSuite(), mixedSuite(), runningSuite(), { suite: suiteOf('cancelled', []), runs: [] }])(
    'follows its schema and has nothing beside',
    (sample) => {
      for (const history of [sampleHistory(), emptyHistory(), { missing: 'no answer' }]) {
        const document: unknown = JSON.parse(
          JSON.stringify(suiteDocument({ ...sample, history, surroundings })),
        );
        expect(suiteDocumentSchema.parse(document)).toEqual(document);
      }
    },
  );
});
