import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

import type { RunState } from '../contracts/runs.ts';
import { keepEarlierAttempt } from './earlier-attempts.ts';
import { htmlReport } from './html/report.ts';
import { junitXml } from './junit.ts';
import { readEvidence } from './read-evidence.ts';
import { asJson, replaceFile } from './replace-file.ts';
import type { Surroundings } from './surroundings.ts';

export interface PublishOptions {
  readonly run: RunState;
  /** `.e2e` */
  readonly stateDirectory: string;
  readonly surroundings: Surroundings;
}

/**
 * Writes run.json, surroundings.json, junit.xml and report.html of a run and returns its directory; what an earlier
 * attempt wrote is kept under `attempts/<n>/`. Safe to repeat.
 */
export async function publishRun({ run, stateDirectory, surroundings }: PublishOptions): Promise<string> {
  const directory = join(stateDirectory, 'runs', run.runId);
  await mkdir(directory, { recursive: true });
  await keepEarlierAttempt(directory, run);
  const evidence = await readEvidence(stateDirectory, run.evidenceFile);
  await Promise.all([
    replaceFile(join(directory, 'run.json'), asJson(run)),
    replaceFile(join(directory, 'surroundings.json'), asJson(surroundings)),
    replaceFile(join(directory, 'junit.xml'), junitXml(run)),
    replaceFile(join(directory, 'report.html'), htmlReport({ run, evidence, surroundings })),
  ]);
  return directory;
}
