import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { RunEvidenceFile } from '../contracts/runs.ts';

/** The evidence file that a run names, or why it cannot be shown: gone, or not the bytes that were recorded. */
export async function readEvidence(
  stateDirectory: string,
  hash: string | null,
): Promise<RunEvidenceFile | { readonly missing: string }> {
  if (hash === null)
    return { missing: 'No curves, steps or events: the run ended before any were gathered.' };
  let text: string;
  try {
    text = await readFile(join(stateDirectory, 'evidence', `${hash}.json`), 'utf8');
  } catch (error) {
    if (!isMissingFile(error)) throw error;
    return { missing: `No curves, steps or events: the evidence file ${hash}.json is gone.` };
  }
  if (createHash('sha256').update(text).digest('hex') !== hash) {
    return { missing: `Not shown: the evidence file ${hash}.json was changed after the run.` };
  }
  return JSON.parse(text) as RunEvidenceFile;
}

function isMissingFile(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
