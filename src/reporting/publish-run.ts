import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { RunEvidenceFile, RunState } from '../contracts/runs.ts';
import { htmlReport } from './html/report.ts';
import { junitXml } from './junit.ts';

export interface PublishOptions {
  readonly run: RunState;
  /** `.e2e` */
  readonly stateDirectory: string;
  /** Base URL of Temporal's UI. */
  readonly temporalUi: string;
}

/** Writes run.json, junit.xml and report.html of a run and returns its directory. Safe to repeat. */
export async function publishRun({ run, stateDirectory, temporalUi }: PublishOptions): Promise<string> {
  const directory = join(stateDirectory, 'runs', run.runId);
  await mkdir(directory, { recursive: true });
  const evidence = await readEvidence(stateDirectory, run);
  await Promise.all([
    replaceFile(join(directory, 'run.json'), `${JSON.stringify(run, null, 2)}\n`),
    replaceFile(join(directory, 'junit.xml'), junitXml(run)),
    replaceFile(join(directory, 'report.html'), htmlReport({ run, evidence, temporalUi })),
  ]);
  return directory;
}

async function readEvidence(stateDirectory: string, run: RunState): Promise<RunEvidenceFile | null> {
  if (run.evidenceFile === null) return null;
  const text = await readFile(join(stateDirectory, 'evidence', `${run.evidenceFile}.json`), 'utf8');
  return JSON.parse(text) as RunEvidenceFile;
}

/** A reader never sees half a file. */
async function replaceFile(path: string, text: string): Promise<void> {
  const draft = `${path}.tmp`;
  await writeFile(draft, text);
  await rename(draft, path);
}
