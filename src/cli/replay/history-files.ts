import { existsSync, statSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { OptiInfraError } from '../../support/errors.ts';
import { encodeHistory, HISTORY_ENDING, HISTORY_ENDINGS, type RecordedHistory } from './history-codec.ts';

/** Is this word a path, not the id of a run? */
export function isPath(word: string): boolean {
  return existsSync(word) || /[/\\]/.test(word) || HISTORY_ENDINGS.some((ending) => word.endsWith(ending));
}

/**
 * The history files that a path means: itself, or those in the directory and below it, by name.
 * @throws OptiInfraError `USAGE` when there is none.
 */
export async function historyFiles(path: string): Promise<readonly string[]> {
  if (!existsSync(path)) {
    throw new OptiInfraError('USAGE', `there is no file or directory ${path}`, {
      hint: 'Name a history, a directory of histories or the id of a run; `e2e show` lists the runs.',
    });
  }
  if (!statSync(path).isDirectory()) return [path];
  const names = await readdir(path, { recursive: true });
  const files = names.filter((name) => HISTORY_ENDINGS.some((ending) => name.endsWith(ending)));
  if (files.length > 0) return files.sort().map((name) => join(path, name));
  throw new OptiInfraError('USAGE', `no history lies in ${path}`, {
    hint: `Histories end in ${HISTORY_ENDINGS.join(', ')}; \`e2e replay --save ${path} RUN\` writes one there.`,
  });
}

/** Writes a history under this name and gives the path. */
export async function saveHistory(
  directory: string,
  name: string,
  { history }: Pick<RecordedHistory, 'history'>,
): Promise<string> {
  await mkdir(directory, { recursive: true });
  const path = join(directory, `${name}${HISTORY_ENDING}`);
  await writeFile(path, encodeHistory(history));
  return path;
}
