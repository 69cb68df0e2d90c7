import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { RunState } from '../contracts/runs.ts';

const FILES = ['run.json', 'surroundings.json', 'junit.xml', 'report.html'] as const;

/**
 * Before the pages of a run are written over: those of another attempt go to `attempts/<n>/`. Every reset has a run id
 * of its own in Temporal, so the same attempt, published again, is told from another.
 */
export async function keepEarlierAttempt(directory: string, run: RunState): Promise<void> {
  const before = await readAttempt(join(directory, 'run.json'));
  if (before === null || before.temporal.workflowRunId === run.temporal.workflowRunId) return;
  const kept = join(directory, 'attempts', nameOf(directory, before));
  if (existsSync(kept)) return;
  const draft = `${kept}.tmp`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true });
  const present = FILES.filter((name) => existsSync(join(directory, name)));
  await Promise.all(present.map((name) => copyFile(join(directory, name), join(draft, name))));
  await rename(draft, kept);
}

/** A reset that nobody ordered may take a number that is taken: nothing is written over for that. */
function nameOf(directory: string, { attempt, temporal }: RunState): string {
  const name = String(attempt);
  return existsSync(join(directory, 'attempts', name)) ? `${name}-${temporal.workflowRunId}` : name;
}

/** Null when there is none, or none that can be told from another. */
async function readAttempt(path: string): Promise<RunState | null> {
  if (!existsSync(path)) return null;
  const run = JSON.parse(await readFile(path, 'utf8')) as Partial<RunState>;
  return run.temporal === undefined || run.attempt === undefined ? null : (run as RunState);
}
