import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { SuiteState } from '../contracts/suites.ts';
import type { Surroundings } from './surroundings.ts';

export interface PublishSuiteOptions {
  readonly suite: SuiteState;
  /** `.e2e` */
  readonly stateDirectory: string;
  readonly surroundings: Surroundings;
}

/** Writes suite.json and surroundings.json of a suite and returns its directory. Safe to repeat. */
export async function publishSuite(options: PublishSuiteOptions): Promise<string> {
  const { suite, stateDirectory, surroundings } = options;
  const directory = join(stateDirectory, 'suites', suite.suiteId);
  await mkdir(directory, { recursive: true });
  await Promise.all([
    replaceFile(join(directory, 'suite.json'), asJson(suite)),
    replaceFile(join(directory, 'surroundings.json'), asJson(surroundings)),
  ]);
  return directory;
}

function asJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** A reader never sees half a file. */
async function replaceFile(path: string, text: string): Promise<void> {
  const draft = `${path}.tmp`;
  await writeFile(draft, text);
  await rename(draft, path);
}
